use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::handover::{AlertDeed, HandoverStore, PlannedWork, PutOff, Turn};
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::units::Money;
use jiff::Timestamp;
use sqlx::PgPool;

use super::assessments::sql_time;
use crate::postgres::failure::failed;

/// What happened and what is to come, in Postgres.
#[derive(Debug, Clone)]
pub struct PgHandoverStore {
    pool: PgPool,
}

impl PgHandoverStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl HandoverStore for PgHandoverStore {
    async fn turns(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Turn>, StoreError> {
        let rows = sqlx::query!(
            r#"select h.anomaly_id, h.at as "at: jiff_sqlx::Timestamp", h.event, h.words,
                      u.name as "by?", coalesce(p.row ->> 'kind', a.kind) as "kind!",
                      coalesce(p.row ->> 'cause', a.cause) as "cause!",
                      coalesce((p.row ->> 'money_per_day')::numeric, a.money_per_day)
                          as "money_per_day!",
                      a.currency, s.code, s.name as site
               from anomaly_history h
               join anomaly a on a.id = h.anomaly_id
               join site s on s.id = a.site_id
               left join lateral (
                   select row from anomaly_past
                   where anomaly_id = a.id and at <= $2 order by at desc limit 1
               ) p on true
               left join app_user u on u.id = h.by_user
               where h.at > $1 and h.at <= $2 and ($3::text is null or s.region = $3)
                 and (a.quiet_pattern_id is null or h.by_user is not null)
               order by h.id desc limit $4"#,
            sql_time(since) as _,
            sql_time(until) as _,
            region.map(RegionCode::as_str),
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .rev()
            .map(|row| {
                Ok(Turn {
                    anomaly: row.anomaly_id.into(),
                    site: (row.code.parse().map_err(StoreError::new)?, row.site),
                    kind: row.kind.parse().map_err(StoreError::new)?,
                    cause: row.cause,
                    money_per_day: Money {
                        amount: row.money_per_day,
                        currency: row.currency.parse().map_err(StoreError::new)?,
                    },
                    at: row.at.to_jiff(),
                    event: row.event.parse().map_err(StoreError::new)?,
                    by: row.by,
                    words: row.words,
                })
            })
            .collect()
    }

    async fn alert_deeds(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<AlertDeed>, StoreError> {
        let rows = sqlx::query!(
            r#"select c.at as "at: jiff_sqlx::Timestamp", c.event, c.what, c.why,
                      u.name as "by?"
               from alert_change c left join app_user u on u.id = c.by_user
               where c.at > $1 and c.at <= $2
                 and ($3::text is null or c.region is null or c.region = $3)
               order by c.id desc limit $4"#,
            sql_time(since) as _,
            sql_time(until) as _,
            region.map(RegionCode::as_str),
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .rev()
            .map(|row| {
                Ok(AlertDeed {
                    at: row.at.to_jiff(),
                    event: row.event.parse().map_err(StoreError::new)?,
                    what: row.what,
                    why: row.why,
                    by: row.by,
                })
            })
            .collect()
    }

    async fn put_off(
        &self,
        region: Option<&RegionCode>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PutOff>, StoreError> {
        let rows = sqlx::query!(
            r#"select a.id, a.cause, a.snoozed_until as "until!: jiff_sqlx::Timestamp", s.code,
                      s.name as site
               from anomaly a join site s on s.id = a.site_id
               where a.stage = 'snoozed' and a.until is null
                 and a.snoozed_until > $1 and a.snoozed_until <= $2
                 and ($3::text is null or s.region = $3)
               order by a.snoozed_until, a.id"#,
            sql_time(now) as _,
            sql_time(until) as _,
            region.map(RegionCode::as_str),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                Ok(PutOff {
                    anomaly: row.id.into(),
                    site: (row.code.parse().map_err(StoreError::new)?, row.site),
                    cause: row.cause,
                    until: row.until.to_jiff(),
                })
            })
            .collect()
    }

    async fn work(
        &self,
        region: Option<&RegionCode>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PlannedWork>, StoreError> {
        let rows = sqlx::query!(
            r#"select w.from_at as "from_at: jiff_sqlx::Timestamp",
                      w.to_at as "to_at: jiff_sqlx::Timestamp", w.why, u.name as "by?",
                      s.code as "code?", s.name as "site?", r.name as region
               from maintenance_window w
               left join site s on s.id = w.site_id
               join region r on r.code = coalesce(w.region, s.region)
               left join app_user u on u.id = w.planned_by
               where w.cancelled_at is null and w.to_at > $1 and w.from_at <= $2
                 and ($3::text is null or r.code = $3)
               order by w.from_at, w.id limit 100"#,
            sql_time(now) as _,
            sql_time(until) as _,
            region.map(RegionCode::as_str),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let code =
                    row.code.map(|code| code.parse().map_err(StoreError::new)).transpose()?;
                Ok(PlannedWork {
                    site: code.zip(row.site),
                    region: row.region,
                    from: row.from_at.to_jiff(),
                    to: row.to_at.to_jiff(),
                    why: row.why,
                    by: row.by,
                })
            })
            .collect()
    }
}
