use std::collections::HashMap;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::live::Notice;
use greengrid_domain::customer::SiteRole;
use greengrid_domain::fleet::{
    Device, DeviceId, DeviceSerial, Region, Site, SiteCode, SiteDetails, SiteId,
};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::units::Power;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::rows::{DeviceRow, RegionRow, SiteRow};
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Sites, regions and devices in Postgres.
#[derive(Debug, Clone)]
pub struct PgSiteStore {
    pool: PgPool,
}

impl PgSiteStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_save(
        &self,
        by: Initiator,
        sites: &[NewSite],
    ) -> Result<HashMap<String, i32>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let saved = save_in(&mut tx, by, sites).await?;
        tx.commit().await?;
        Ok(saved)
    }

    async fn try_ensure_devices(
        &self,
        devices: &[(SiteId, DeviceSerial)],
    ) -> Result<HashMap<(i32, String), i32>, sqlx::Error> {
        let sites: Vec<i32> = devices.iter().map(|(site, _)| (*site).into()).collect();
        let serials: Vec<&str> = devices.iter().map(|(_, serial)| serial.as_str()).collect();
        let mut tx = self.pool.begin().await?;
        let new = sqlx::query!(
            "insert into device (site_id, kind, serial)
             select distinct site_id, 'inverter', serial
             from unnest($1::int[], $2::text[]) as t(site_id, serial)
             order by 1, 3
             on conflict (site_id, serial) do nothing
             returning site_id, serial",
            &sites,
            &serials as &[&str],
        )
        .fetch_all(&mut *tx)
        .await?;
        if !new.is_empty() {
            let changes: Vec<Change> = new
                .into_iter()
                .map(|device| Change {
                    subject: AuditSubject::Site,
                    subject_id: device.site_id.to_string(),
                    action: "add_device",
                    before: None,
                    after: Some(json!({ "serial": device.serial })),
                })
                .collect();
            audit::record(&mut tx, Initiator::System, &changes).await?;
            notify(&mut tx, &[Notice::FleetChanged]).await?;
        }
        let known = sqlx::query!(
            "select d.id, d.site_id, d.serial
             from unnest($1::int[], $2::text[]) as t(site_id, serial)
             join device d using (site_id, serial)",
            &sites,
            &serials as &[&str],
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(known.into_iter().map(|device| ((device.site_id, device.serial), device.id)).collect())
    }
}

/// Creates or updates sites in the transaction of somebody who makes more than
/// them; gives their keys by code.
pub(crate) async fn save_in(
    tx: &mut PgConnection,
    by: Initiator,
    sites: &[NewSite],
) -> Result<HashMap<String, i32>, sqlx::Error> {
    // Of a code given twice, the last stands.
    let by_code: HashMap<&SiteCode, &NewSite> =
        sites.iter().map(|site| (&site.code, site)).collect();
    let mut codes: Vec<&str> = by_code.keys().map(|code| code.as_str()).collect();
    codes.sort_unstable();

    save_regions(tx, sites).await?;
    let before = lock_known(tx, &codes).await?;
    let after = upsert(tx, by_code.values().copied()).await?;
    save_devices(tx, sites, &after).await?;

    let mut changes = Vec::new();
    let mut moved = Vec::new();
    for (code, (id, after)) in &after {
        let before = before.get(code);
        if before == Some(after) {
            continue;
        }
        if before.is_some_and(|before| counts_differently(before, after)) {
            moved.push(*id);
        }
        changes.push(Change {
            subject: AuditSubject::Site,
            subject_id: code.clone(),
            action: if before.is_some() { "update_site" } else { "create_site" },
            before: before.cloned(),
            after: Some(after.clone()),
        });
    }
    audit::record(tx, by, &changes).await?;
    project_anew(tx, &moved).await?;
    notify(tx, &[Notice::FleetChanged]).await?;
    Ok(after.into_iter().map(|(code, (id, _))| (code, id)).collect())
}

/// Lets a person see a site, in the transaction of somebody who does more.
pub(crate) async fn share_in(
    tx: &mut PgConnection,
    by: Initiator,
    site: SiteId,
    with: UserId,
) -> Result<(), sqlx::Error> {
    let new = sqlx::query!(
        "insert into site_person (site_id, user_id, role) values ($1, $2, 'owner')
                 on conflict do nothing",
        i32::from(site),
        Uuid::from(with),
    )
    .execute(&mut *tx)
    .await?;
    if new.rows_affected() > 0 {
        let change = Change {
            subject: AuditSubject::Site,
            subject_id: site.to_string(),
            action: "share_site",
            before: None,
            after: Some(json!({ "user": with.to_string() })),
        };
        audit::record(tx, by, &[change]).await?;
        notify(tx, &[Notice::UserChanged(with)]).await?;
    }
    Ok(())
}

/// All sites.
pub(crate) async fn read_sites(executor: impl PgExecutor<'_>) -> Result<Vec<Site>, sqlx::Error> {
    let rows = sqlx::query_as!(
        SiteRow,
        r#"select id, code, name, customer, address, latitude, longitude, time_zone,
                  capacity_wp, tilt_deg, azimuth_deg, ac_limit_w, export_limit_w, region,
                  brand, commissioned_on as "commissioned_on: jiff_sqlx::Date", cadence_s,
                  reports_at_night, price_per_kwh, currency, place_assumed, capacity_assumed
           from site"#
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| Site::try_from(row).map_err(|error| sqlx::Error::Decode(error.into())))
        .collect()
}

#[async_trait]
impl SiteStore for PgSiteStore {
    async fn sites(&self) -> Result<Vec<Site>, StoreError> {
        read_sites(&self.pool).await.map_err(failed)
    }

    async fn regions(&self) -> Result<Vec<Region>, StoreError> {
        sqlx::query_as!(RegionRow, "select code, name from region order by name, code")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?
            .into_iter()
            .map(Region::try_from)
            .collect()
    }

    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        sqlx::query_as!(
            DeviceRow,
            "select id, site_id, kind, serial, model from device order by site_id, serial"
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(Device::try_from)
        .collect()
    }

    async fn save(&self, by: Initiator, sites: &[NewSite]) -> Result<Vec<SiteId>, StoreError> {
        let ids = self.try_save(by, sites).await.map_err(failed)?;
        sites
            .iter()
            .map(|site| ids.get(site.code.as_str()).copied().map(SiteId::from))
            .collect::<Option<_>>()
            .ok_or_else(|| StoreError::new("a saved site has no key"))
    }

    async fn ensure_devices(
        &self,
        devices: &[(SiteId, DeviceSerial)],
    ) -> Result<Vec<DeviceId>, StoreError> {
        let ids = self.try_ensure_devices(devices).await.map_err(failed)?;
        devices
            .iter()
            .map(|(site, serial)| {
                ids.get(&((*site).into(), serial.as_str().to_owned())).copied().map(DeviceId::from)
            })
            .collect::<Option<_>>()
            .ok_or_else(|| StoreError::new("an ensured device has no key"))
    }

    async fn share(&self, by: Initiator, site: SiteId, with: UserId) -> Result<(), StoreError> {
        let share = async {
            let mut tx = self.pool.begin().await?;
            share_in(&mut tx, by, site, with).await?;
            tx.commit().await
        };
        share.await.map_err(failed)
    }

    async fn roles_of(&self, user: UserId) -> Result<Vec<(SiteId, SiteRole)>, StoreError> {
        let rows = sqlx::query!(
            "select site_id, role from site_person where user_id = $1 order by site_id",
            Uuid::from(user),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| Ok((row.site_id.into(), row.role.parse().map_err(StoreError::new)?)))
            .collect()
    }
}

async fn save_regions(tx: &mut PgConnection, sites: &[NewSite]) -> Result<(), sqlx::Error> {
    let mut codes: Vec<&str> = sites.iter().map(|site| site.details.region.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    let names: Vec<String> = codes.iter().map(|code| region_name(code)).collect();
    sqlx::query!(
        "insert into region (code, name) select * from unnest($1::text[], $2::text[])
         on conflict do nothing",
        &codes as &[&str],
        &names,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// `north-west` reads `North West`.
pub(super) fn region_name(code: &str) -> String {
    let words: Vec<String> = code
        .split('-')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect::<String>()
            })
        })
        .collect();
    words.join(" ")
}

/// The sites among these that are known, as they are, held until the
/// transaction ends.
async fn lock_known(
    tx: &mut PgConnection,
    codes: &[&str],
) -> Result<HashMap<String, Value>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select code, to_jsonb(site) as "site!" from site
           where code = any($1::text[]) order by code for update"#,
        codes as &[&str],
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.site)).collect())
}

async fn upsert(
    tx: &mut PgConnection,
    sites: impl Iterator<Item = &NewSite>,
) -> Result<HashMap<String, (i32, Value)>, sqlx::Error> {
    let rows: Value = sites.map(as_json).collect();
    let saved = sqlx::query_file!("src/postgres/fleet/save_sites.sql", rows).fetch_all(tx).await?;
    Ok(saved.into_iter().map(|row| (row.code, (row.id, row.site))).collect())
}

fn as_json(site: &NewSite) -> Value {
    let SiteDetails { array, location, .. } = &site.details;
    let details = &site.details;
    let price = details.price.of_one_kwh();
    json!({
        "code": site.code.as_str(),
        "name": details.name.as_str(),
        "customer": details.customer,
        "address": details.address,
        "latitude": location.latitude(),
        "longitude": location.longitude(),
        "time_zone": details.zone.name(),
        "capacity_wp": array.capacity.wp(),
        "tilt_deg": array.tilt_deg,
        "azimuth_deg": array.azimuth_deg,
        "ac_limit_w": array.ac_limit.map(Power::watts),
        "export_limit_w": array.export_limit.map(Power::watts),
        "place_assumed": details.assumed.place,
        "capacity_assumed": details.assumed.capacity,
        "region": details.region.as_str(),
        "brand": <&str>::from(details.brand),
        "commissioned_on": details.commissioned_on.map(|day| day.to_string()),
        "cadence_s": details.cadence_s,
        "reports_at_night": details.reports_at_night,
        "price_per_kwh": price.amount.to_string(),
        "currency": price.currency.to_string(),
    })
}

async fn save_devices(
    tx: &mut PgConnection,
    sites: &[NewSite],
    ids: &HashMap<String, (i32, Value)>,
) -> Result<(), sqlx::Error> {
    let devices: Value = sites
        .iter()
        .filter_map(|site| Some((ids.get(site.code.as_str())?.0, site)))
        .flat_map(|(id, site)| {
            site.devices.iter().map(move |(kind, serial, model)| {
                json!({
                    "site_id": id,
                    "kind": <&str>::from(kind),
                    "serial": serial.as_str(),
                    "model": model,
                })
            })
        })
        .collect();
    sqlx::query!(
        "insert into device (site_id, kind, serial, model)
         select site_id, kind, serial, model
         from jsonb_to_recordset($1) as t(site_id int, kind text, serial text, model text)
         order by site_id, serial
         on conflict (site_id, serial) do nothing",
        devices,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Whether the readings of a site add up differently than before: its days
/// begin elsewhere, or its readings stand for more or less time.
fn counts_differently(before: &Value, after: &Value) -> bool {
    ["time_zone", "cadence_s"].iter().any(|field| before[field] != after[field])
}

/// Takes these sites out of the read models and has the projector derive them
/// again, by a batch that touches every interval they have.
async fn project_anew(tx: &mut PgConnection, sites: &[i32]) -> Result<(), sqlx::Error> {
    if sites.is_empty() {
        return Ok(());
    }
    sqlx::query_file!("src/postgres/fleet/project_anew.sql", sites).execute(&mut *tx).await?;
    notify(tx, &[Notice::Appended]).await
}
