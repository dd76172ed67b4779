use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{PastFleet, PastStore, StoredAssessment};
use jiff::Timestamp;
use sqlx::PgPool;

use super::anomalies;
use super::assessments::sql_time;
use super::rows::{AssessmentRow, read};
use super::standings::changes;
use crate::postgres::failure::failed;

/// How the fleet stood, in Postgres.
#[derive(Debug, Clone)]
pub struct PgPastStore {
    pool: PgPool,
}

impl PgPastStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn sites(&self, at: Timestamp) -> Result<Vec<StoredAssessment>, StoreError> {
        read!(
            r#"from site s
               cross join lateral (
                   select row from overview_past
                   where site_id = s.id and at <= $1 order by at desc limit 1
               ) p
               cross join lateral jsonb_populate_record(null::overview_row, p.row) r
               left join lateral (
                   select user_id from site_owner_past
                   where site_id = s.id and at <= $1 order by at desc limit 1
               ) o on true
               left join app_user u on u.id = o.user_id"#,
            sql_time(at) as _,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(StoredAssessment::try_from)
        .collect()
    }
}

#[async_trait]
impl PastStore for PgPastStore {
    async fn recorded_since(&self) -> Result<Option<Timestamp>, StoreError> {
        // Of each site the first version by the key: there are many of each.
        let since = sqlx::query_scalar!(
            r#"select min(first.at) as "at: jiff_sqlx::Timestamp"
               from site s
               cross join lateral (
                   select at from overview_past where site_id = s.id order by at limit 1
               ) first"#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(since.map(jiff_sqlx::Timestamp::to_jiff))
    }

    async fn fleet(&self, at: Timestamp, events: i64) -> Result<PastFleet, StoreError> {
        let (sites, (active, incidents), windows, changes) = tokio::try_join!(
            self.sites(at),
            async { anomalies::past(&self.pool, at).await.map_err(failed) },
            async { anomalies::windows_at(&self.pool, at).await.map_err(failed) },
            changes(&self.pool, events, Some(at)),
        )?;
        Ok(PastFleet { sites, active, windows, incidents, changes })
    }
}
