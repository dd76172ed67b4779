use std::sync::Arc;

use async_trait::async_trait;
use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::observability::{DatabaseHealth, PoolUse, QueueDepth, Vitals};
use jiff::SignedDuration;
use sqlx::PgPool;

use super::ingestion::PgEventStore;
use super::projection;
use super::{MIGRATOR, Pools, failure::failed};

/// How the database and what leads to it do.
#[derive(Clone)]
pub struct PgVitals {
    pools: Pools,
    events: PgEventStore,
    /// The clock by which batches were received.
    clock: Arc<dyn Clock>,
}

impl PgVitals {
    /// Those of these pools and this writer.
    #[must_use]
    pub fn new(pools: Pools, events: PgEventStore, clock: Arc<dyn Clock>) -> Self {
        Self { pools, events, clock }
    }

    async fn migrations_missing(&self) -> Result<usize, sqlx::Error> {
        // Not checked against the schema: the table is that of the migrations
        // themselves, which no migration makes.
        let applied: i64 =
            sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
                .fetch_one(&self.pools.pages)
                .await?;
        Ok(MIGRATOR.iter().count().saturating_sub(usize::try_from(applied).unwrap_or(0)))
    }

    async fn projector_lag(&self) -> Result<SignedDuration, sqlx::Error> {
        let oldest = projection::oldest_waiting(&self.pools.pages).await?;
        let lag = oldest.map(|received| self.clock.now().duration_since(received));
        Ok(lag.unwrap_or_default().max(SignedDuration::ZERO))
    }
}

#[async_trait]
impl Vitals for PgVitals {
    async fn database(&self) -> Result<DatabaseHealth, StoreError> {
        let migrations_missing = self.migrations_missing().await.map_err(failed)?;
        let projector_lag = self.projector_lag().await.map_err(failed)?;
        Ok(DatabaseHealth { migrations_missing, projector_lag })
    }

    fn pools(&self) -> Vec<PoolUse> {
        let of = |name, pool: &PgPool| PoolUse {
            name,
            open: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
            most: pool.options().get_max_connections(),
        };
        vec![
            of("pages", &self.pools.pages),
            of("readings", &self.pools.ingest),
            of("background", &self.pools.background),
        ]
    }

    async fn queues(&self) -> Result<Vec<QueueDepth>, StoreError> {
        let row = sqlx::query!(
            r#"select (select count(*) from quarantine where replayed_at is null) as "quarantine!",
                      (select count(*) from chat_post where status = 'pending') as "moderation!""#
        )
        .fetch_one(&self.pools.pages)
        .await
        .map_err(failed)?;
        let depth = |name, waiting| QueueDepth { name, waiting };
        Ok(vec![
            depth("readings", self.events.waiting().into()),
            depth("quarantine", row.quarantine),
            depth("moderation", row.moderation),
        ])
    }

    async fn touch(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar!(r#"select count(*) as "count!" from site"#)
            .fetch_one(&self.pools.pages)
            .await
            .map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::testing::TestDatabase;

    #[tokio::test]
    async fn a_fresh_database_is_well_and_one_with_work_undone_says_so() {
        let db = TestDatabase::from_template().await;
        let pools = Pools { pages: db.pool(), ingest: db.pool(), background: db.pool() };
        let vitals =
            PgVitals::new(pools, PgEventStore::start(db.pool()), Arc::new(crate::SystemClock));
        assert!(vitals.database().await.unwrap().troubles().is_empty());

        sqlx::query_scalar::<_, i64>(
            "insert into event_batch (received_at, source, accepted, duplicates, corrections,
                                      quarantined, site_ids, intervals)
             values (now() - interval '10 minutes', 'api', 1, 0, 0, 0, '{1}', '{1}')
             returning id",
        )
        .fetch_one(&db.pool())
        .await
        .unwrap();
        sqlx::query_scalar::<_, i64>(
            "delete from _sqlx_migrations
             where version = (select max(version) from _sqlx_migrations) returning version",
        )
        .fetch_one(&db.pool())
        .await
        .unwrap();

        let troubles = vitals.database().await.unwrap().troubles();
        assert_eq!(troubles.len(), 2, "{troubles:?}");
        assert_eq!(vitals.touch().await.unwrap(), 0);
        assert!(vitals.queues().await.unwrap().iter().all(|queue| queue.waiting == 0));
        assert_eq!(vitals.pools().len(), 3);
    }
}
