use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::{ChangeRegion, RegionFigures, RegionStore};
use greengrid_app::live::Notice;
use greengrid_domain::fleet::Region;
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::units::{Currency, Money, Price};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::PgPool;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Regions in Postgres, for administrators.
#[derive(Debug, Clone)]
pub struct PgRegionStore {
    pool: PgPool,
}

impl PgRegionStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_change(&self, change: &ChangeRegion, by: Initiator) -> Result<bool, sqlx::Error> {
        let code = change.code.as_str();
        let mut tx = self.pool.begin().await?;
        let before =
            sqlx::query_scalar!("select name from region where code = $1 for update", code)
                .fetch_optional(&mut *tx)
                .await?;
        let Some(before) = before else { return Ok(false) };
        let mut changes = Vec::new();
        if before != change.name.as_str() {
            sqlx::query!("update region set name = $2 where code = $1", code, change.name.as_str())
                .execute(&mut *tx)
                .await?;
            changes.push(Change {
                subject: AuditSubject::Region,
                subject_id: code.to_owned(),
                action: "rename_region",
                before: Some(json!({ "name": before })),
                after: Some(json!({ "name": change.name.as_str() })),
            });
        }
        if let Some(price) = change.price {
            let money = price.of_one_kwh();
            let after = json!({
                "price_per_kwh": money.amount.to_string(),
                "currency": money.currency.to_string(),
            });
            let sites = sqlx::query!(
                "with before as (
                     select id, code, price_per_kwh, currency from site
                     where region = $1 and (price_per_kwh, currency) <> ($2, $3)
                     order by id for update
                 )
                 update site set price_per_kwh = $2, currency = $3
                 from before where site.id = before.id
                 returning before.code, before.price_per_kwh, before.currency",
                code,
                money.amount,
                money.currency.to_string()
            )
            .fetch_all(&mut *tx)
            .await?;
            changes.extend(sites.into_iter().map(|site| Change {
                subject: AuditSubject::Site,
                subject_id: site.code,
                action: "change_price",
                before: Some(json!({
                    "price_per_kwh": site.price_per_kwh.normalize().to_string(),
                    "currency": site.currency,
                })),
                after: Some(after.clone()),
            }));
        }
        if !changes.is_empty() {
            audit::record(&mut tx, by, &changes).await?;
            notify(&mut tx, &[Notice::FleetChanged]).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl RegionStore for PgRegionStore {
    async fn figures(&self) -> Result<Vec<RegionFigures>, StoreError> {
        let rows = sqlx::query!(
            r#"select region.code, region.name, site.currency as "currency?",
                      count(site.id) as "sites!",
                      coalesce(sum(capacity_wp), 0)::bigint as "capacity_wp!",
                      min(price_per_kwh) as lowest, max(price_per_kwh) as highest
               from region left join site on site.region = region.code
               group by region.code, region.name, site.currency
               order by region.name, region.code, site.currency"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let mut figures: Vec<RegionFigures> = Vec::new();
        for row in rows {
            let code = row.code.parse().map_err(StoreError::new)?;
            if figures.last().is_none_or(|last| last.region.code != code) {
                let region = Region { code, name: row.name };
                figures.push(RegionFigures {
                    region,
                    sites: 0,
                    capacity_wp: 0,
                    prices: Vec::new(),
                });
            }
            let Some(last) = figures.last_mut() else { continue };
            last.sites += usize::try_from(row.sites).unwrap_or_default();
            last.capacity_wp += row.capacity_wp;
            if let (Some(currency), Some(lowest), Some(highest)) =
                (row.currency, row.lowest, row.highest)
            {
                let currency: Currency = currency.parse().map_err(StoreError::new)?;
                let price = |amount: Decimal| {
                    Price::per_kwh(Money { amount: amount.normalize(), currency })
                };
                last.prices.push((price(lowest), price(highest)));
            }
        }
        Ok(figures)
    }

    async fn change(&self, change: &ChangeRegion, by: Initiator) -> Result<bool, StoreError> {
        self.try_change(change, by).await.map_err(failed)
    }
}
