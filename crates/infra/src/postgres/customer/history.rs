use async_trait::async_trait;
use greengrid_app::customer::{HistoryDay, HistoryMonth, HistoryStore};
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::customer::Assumptions;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::units::{Energy, Money, Price};
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::PgPool;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// The history of sites as their owners read it, in Postgres. Every statement
/// reads the days of one site by their primary key: 700 rows for two years.
#[derive(Debug, Clone)]
pub struct PgHistoryStore {
    pool: PgPool,
}

impl PgHistoryStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_state(
        &self,
        by: Initiator,
        site: SiteId,
        stated: &Assumptions,
    ) -> Result<(), sqlx::Error> {
        let amount = |price: Price| price.of_one_kwh().amount;
        let (bought, fed_in) = (amount(stated.bought), amount(stated.fed_in));
        let self_use = i16::try_from(stated.self_use).unwrap_or(i16::MAX);
        let mut tx = self.pool.begin().await?;
        let before = sqlx::query!(
            "select bought, fed_in, self_use from site_worth where site_id = $1 for update",
            i32::from(site),
        )
        .fetch_optional(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into site_worth (site_id, bought, fed_in, self_use) values ($1, $2, $3, $4)
             on conflict (site_id) do update set
                 bought = excluded.bought, fed_in = excluded.fed_in,
                 self_use = excluded.self_use, stated_at = now()",
            i32::from(site),
            bought,
            fed_in,
            self_use,
        )
        .execute(&mut *tx)
        .await?;
        let told = |bought: Decimal, fed_in: Decimal, self_use: i16| {
            json!({
                "bought": bought.normalize().to_string(),
                "fed_in": fed_in.normalize().to_string(),
                "self_use_per_mille": self_use,
            })
        };
        let change = Change {
            subject: AuditSubject::Site,
            subject_id: site.to_string(),
            action: "state_worth",
            before: before.map(|row| told(row.bought, row.fed_in, row.self_use)),
            after: Some(told(bought, fed_in, self_use)),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Site(site))]).await?;
        tx.commit().await
    }
}

#[async_trait]
impl HistoryStore for PgHistoryStore {
    async fn days(
        &self,
        site: SiteId,
        stretches: &[(Date, Date)],
    ) -> Result<Vec<HistoryDay>, StoreError> {
        let (from, to): (Vec<jiff_sqlx::Date>, Vec<jiff_sqlx::Date>) =
            stretches.iter().map(|(from, to)| (from.to_sqlx(), to.to_sqlx())).unzip();
        let rows = sqlx::query!(
            r#"select d.day as "day: jiff_sqlx::Date", d.energy_wh, d.fed_in_wh
               from unnest($2::date[], $3::date[]) as s(from_day, to_day)
               cross join lateral (
                   select day, energy_wh, fed_in_wh
                   from site_day
                   where site_id = $1 and day between s.from_day and s.to_day
               ) d"#,
            i32::from(site),
            &from as &[jiff_sqlx::Date],
            &to as &[jiff_sqlx::Date],
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let mut days: Vec<HistoryDay> = rows
            .into_iter()
            .map(|row| HistoryDay {
                day: row.day.to_jiff(),
                energy: Energy::from_wh(row.energy_wh),
                fed_in: row.fed_in_wh.map(Energy::from_wh),
            })
            .collect();
        // Stretches may overlap.
        days.sort_by_key(|day| day.day);
        days.dedup_by_key(|day| day.day);
        Ok(days)
    }

    async fn months(&self, site: SiteId) -> Result<Vec<HistoryMonth>, StoreError> {
        let rows = sqlx::query!(
            r#"select date_trunc('month', day)::date as "first!: jiff_sqlx::Date",
                      sum(energy_wh)::bigint as "energy_wh!",
                      count(*)::int as "days!",
                      coalesce(sum(energy_wh) filter (where fed_in_wh is not null), 0)::bigint
                          as "metered_wh!",
                      coalesce(sum(fed_in_wh), 0)::bigint as "fed_in_wh!",
                      min(day) as "from!: jiff_sqlx::Date", max(day) as "to!: jiff_sqlx::Date"
               from site_day
               where site_id = $1
               group by 1
               order by 1"#,
            i32::from(site),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let months = rows.into_iter().map(|row| HistoryMonth {
            first: row.first.to_jiff(),
            energy: Energy::from_wh(row.energy_wh),
            days: row.days,
            metered: Energy::from_wh(row.metered_wh),
            fed_in: Energy::from_wh(row.fed_in_wh),
            span: (row.from.to_jiff(), row.to.to_jiff()),
        });
        Ok(months.collect())
    }

    async fn assumptions(&self, site: SiteId, tariff: Price) -> Result<Assumptions, StoreError> {
        let stated = sqlx::query!(
            "select bought, fed_in, self_use from site_worth where site_id = $1",
            i32::from(site),
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        let Some(row) = stated else { return Ok(Assumptions::usual(tariff)) };
        let Money { currency, .. } = tariff.of_one_kwh();
        let price = |amount| Price::per_kwh(Money { amount, currency });
        Ok(Assumptions {
            bought: price(row.bought),
            fed_in: price(row.fed_in),
            self_use: u16::try_from(row.self_use).map_err(StoreError::new)?,
            stated: true,
        })
    }

    async fn state_assumptions(
        &self,
        by: Initiator,
        site: SiteId,
        stated: &Assumptions,
    ) -> Result<(), StoreError> {
        self.try_state(by, site, stated).await.map_err(failed)
    }
}
