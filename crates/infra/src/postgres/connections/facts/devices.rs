use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::VendorDevice;
use greengrid_domain::fleet::{Brand, DeviceSerial, SiteId};
use greengrid_domain::ingestion::ConnectionId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::failure::failed;

/// Keeps a list of devices in the place of the one before. What is no longer
/// listed stays, as something that ended.
pub(super) async fn keep(
    tx: &mut PgConnection,
    connection: ConnectionId,
    at: Timestamp,
    devices: &[VendorDevice],
) -> Result<(), sqlx::Error> {
    let now = at.to_sqlx();
    for device in devices {
        sqlx::query!(
            "insert into vendor_device (connection_id, serial, kind, model, firmware, active,
                 silent, since, until, first_seen_at, seen_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
             on conflict (connection_id, serial) do update
             set kind = excluded.kind, model = excluded.model, firmware = excluded.firmware,
                 active = excluded.active, silent = excluded.silent, since = excluded.since,
                 until = excluded.until, seen_at = excluded.seen_at",
            Uuid::from(connection),
            device.serial.as_str(),
            <&str>::from(device.kind),
            device.model,
            device.firmware,
            device.active,
            device.silent,
            device.since.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            device.until.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            now as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query!(
        "update vendor_device set active = false
         where connection_id = $1 and active and seen_at < $2",
        Uuid::from(connection),
        now as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    Ok(())
}

pub(super) async fn read(pool: &PgPool, of: ConnectionId) -> Result<Vec<VendorDevice>, StoreError> {
    let rows = sqlx::query!(
        r#"select serial, kind, model, firmware, active, silent,
                  since as "since: jiff_sqlx::Timestamp", until as "until: jiff_sqlx::Timestamp"
           from vendor_device where connection_id = $1 order by serial"#,
        Uuid::from(of),
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter()
        .map(|row| {
            Ok(VendorDevice {
                serial: row.serial.parse().map_err(StoreError::new)?,
                kind: row.kind.parse().map_err(StoreError::new)?,
                model: row.model,
                active: row.active,
                silent: row.silent,
                firmware: row.firmware,
                since: row.since.map(jiff_sqlx::Timestamp::to_jiff),
                until: row.until.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .collect()
}

pub(super) async fn in_cloud(
    pool: &PgPool,
    site: SiteId,
    brand: Brand,
) -> Result<Option<Vec<DeviceSerial>>, StoreError> {
    let serials = sqlx::query_scalar!(
        r#"select array_remove(array_agg(d.serial order by d.serial), null) as "serials!"
           from connection c
           left join vendor_device d
               on d.connection_id = c.id and d.active and d.kind = 'inverter'
           where c.site_id = $1 and c.brand = $2 and c.credential_id is not null
               and not c.paused
           group by c.id"#,
        i32::from(site),
        <&str>::from(brand),
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    let parse = |serials: Vec<String>| {
        serials.into_iter().map(|serial| serial.parse().map_err(StoreError::new)).collect()
    };
    serials.map(parse).transpose()
}
