use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{HeardAlarms, KeptAlarm};
use greengrid_app::ingestion::vendors::VendorAlarm;
use greengrid_domain::fleet::{DeviceSerial, SiteId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::failure::failed;

/// Appends what is news, and tells the pages of those sites.
pub(super) async fn keep(
    pool: &PgPool,
    at: Timestamp,
    heard: &[HeardAlarms],
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    let mut touched = Vec::new();
    for heard in heard {
        let mut news = 0;
        for alarm in &heard.alarms {
            news += append(&mut tx, at, heard, alarm).await?;
        }
        if heard.all_open {
            news += clear_others(&mut tx, at, heard).await?;
        }
        if news > 0 {
            touched.push(heard.site);
        }
    }
    // Of connections that are still there.
    let ids: Vec<Uuid> = heard.iter().map(|heard| heard.connection.into()).collect();
    sqlx::query!(
        "insert into vendor_look (connection_id, alarms_at)
         select id, $2 from connection where id = any($1::uuid[]) order by id for key share
         on conflict (connection_id) do update set alarms_at = excluded.alarms_at",
        &ids,
        at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    for site in touched {
        super::tell(&mut tx, site).await?;
    }
    tx.commit().await
}

/// Appends that an alarm was opened, or that it is over; nothing that is known.
async fn append(
    tx: &mut PgConnection,
    at: Timestamp,
    heard: &HeardAlarms,
    alarm: &VendorAlarm,
) -> Result<u64, sqlx::Error> {
    let newest = sqlx::query_scalar!(
        "select what from vendor_alarm where connection_id = $1 and alarm_id = $2
         order by id desc limit 1",
        Uuid::from(heard.connection),
        alarm.id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let news = match (newest.as_deref(), alarm.open) {
        (None, true) => vec![("opened", alarm.since)],
        (None, false) => {
            vec![("opened", alarm.since), ("cleared", alarm.until.unwrap_or(alarm.since))]
        }
        (Some("opened"), false) => vec![("cleared", alarm.until.unwrap_or(at))],
        // It was missing from the list for a while.
        (Some("cleared"), true) => vec![("opened", at)],
        _ => Vec::new(),
    };
    let mut appended = 0;
    for (what, when) in news {
        let row = sqlx::query!(
            "insert into vendor_alarm
                 (connection_id, site_id, alarm_id, what, at, heard_at, kind, serial)
             values ($1, $2, $3, $4, $5, $6, $7, $8)
             on conflict (connection_id, alarm_id, what, at) do nothing",
            Uuid::from(heard.connection),
            i32::from(heard.site),
            alarm.id,
            what,
            when.to_sqlx() as jiff_sqlx::Timestamp,
            at.to_sqlx() as jiff_sqlx::Timestamp,
            alarm.kind,
            alarm.device.as_ref().map(DeviceSerial::as_str),
        )
        .execute(&mut *tx)
        .await?;
        appended += row.rows_affected();
    }
    Ok(appended)
}

/// Appends that those which were open and are not told any more are over.
async fn clear_others(
    tx: &mut PgConnection,
    at: Timestamp,
    heard: &HeardAlarms,
) -> Result<u64, sqlx::Error> {
    let open: Vec<&str> = heard.alarms.iter().map(|alarm| alarm.id.as_str()).collect();
    let cleared = sqlx::query!(
        "insert into vendor_alarm
             (connection_id, site_id, alarm_id, what, at, heard_at, kind, serial)
         select connection_id, site_id, alarm_id, 'cleared', $3, $3, kind, serial
         from (
             select distinct on (alarm_id) *
             from vendor_alarm where connection_id = $1
             order by alarm_id, id desc
         ) newest
         where what = 'opened' and alarm_id <> all($2::text[])
         on conflict (connection_id, alarm_id, what, at) do nothing",
        Uuid::from(heard.connection),
        &open as &[&str],
        at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(cleared.rows_affected())
}

pub(super) async fn read(
    pool: &PgPool,
    site: SiteId,
    since: Timestamp,
) -> Result<Vec<KeptAlarm>, StoreError> {
    let rows = sqlx::query!(
        r#"select c.brand, newest.kind, newest.serial,
                  opened.at as "since!: jiff_sqlx::Timestamp",
                  case when newest.what = 'cleared' then newest.at end
                      as "until: jiff_sqlx::Timestamp"
           from (
               select distinct on (connection_id, alarm_id) *
               from vendor_alarm where site_id = $1
               order by connection_id, alarm_id, id desc
           ) newest
           join connection c on c.id = newest.connection_id
           join lateral (
               select max(at) as at from vendor_alarm a
               where a.connection_id = newest.connection_id and a.alarm_id = newest.alarm_id
                   and a.what = 'opened'
           ) opened on true
           where newest.what = 'opened' or newest.at >= $2
           order by opened.at desc, newest.id desc
           limit 50"#,
        i32::from(site),
        since.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?;
    rows.into_iter()
        .map(|row| {
            Ok(KeptAlarm {
                brand: row.brand.parse().map_err(StoreError::new)?,
                kind: row.kind,
                device: row.serial,
                since: row.since.to_jiff(),
                until: row.until.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .collect()
}
