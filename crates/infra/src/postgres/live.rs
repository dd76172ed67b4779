use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::live::{LiveBus, Notice};
use sqlx::PgPool;

use super::failure::failed;
use super::notify;

/// Carries notices through Postgres to every instance on the same database.
#[derive(Debug, Clone)]
pub struct PgLiveBus {
    pool: PgPool,
}

impl PgLiveBus {
    /// A bus that publishes with connections of this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl LiveBus for PgLiveBus {
    async fn publish(&self, notices: &[Notice]) -> Result<(), StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        notify(&mut connection, notices).await.map_err(failed)
    }
}
