use std::collections::HashMap;

use greengrid_app::monitoring::AnomalyRecord;
use greengrid_domain::fleet::{Brand, RegionCode, Site, SiteId};
use greengrid_domain::monitoring::alert::{AlertFact, Severity};
use greengrid_domain::time::SiteZone;
use sqlx::PgConnection;

use crate::postgres::monitoring::anomalies::corrupt;

/// What rules look at in a site.
pub(super) struct ToldSite {
    region: RegionCode,
    brand: Brand,
    zone: SiteZone,
}

impl ToldSite {
    pub(super) fn of(site: &Site) -> Self {
        let details = &site.details;
        Self { region: details.region.clone(), brand: details.brand, zone: details.zone.clone() }
    }

    /// What a rule looks at in an anomaly of the site.
    pub(super) fn fact(&self, record: &AnomalyRecord) -> AlertFact {
        let money = record.money_per_day.amount;
        AlertFact {
            site: record.site,
            kind: record.kind,
            severity: Severity::of(record.kind, money),
            region: self.region.clone(),
            brand: self.brand,
            money_per_day: money,
            since: record.since,
            zone: self.zone.clone(),
        }
    }
}

/// These sites, as far as rules look at them: anomalies change often, and a
/// fleet is large.
pub(super) async fn told_sites(
    connection: &mut PgConnection,
    ids: &[SiteId],
) -> Result<HashMap<SiteId, ToldSite>, sqlx::Error> {
    let mut ids: Vec<i32> = ids.iter().map(|id| (*id).into()).collect();
    ids.sort_unstable();
    ids.dedup();
    let rows =
        sqlx::query!("select id, region, brand, time_zone from site where id = any($1)", &ids)
            .fetch_all(connection)
            .await?;
    rows.into_iter()
        .map(|row| {
            let site = ToldSite {
                region: row.region.parse().map_err(corrupt)?,
                brand: row.brand.parse().map_err(corrupt)?,
                zone: row.time_zone.parse().map_err(corrupt)?,
            };
            Ok((row.id.into(), site))
        })
        .collect()
}
