//! Letters to people, and what webhooks are told.

mod outbox;
mod read;
#[cfg(test)]
mod tests;
pub mod webhooks;
mod write;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::messages::{
    Claimed, Counts, LetterStore, LetterSummary, Outcome, Resent, StoredLetter,
};
use greengrid_domain::messages::{Letter, LetterId, LetterState};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use sqlx::PgPool;

use super::failure::failed;

pub use write::enqueue;

/// Letters in Postgres.
#[derive(Debug, Clone)]
pub struct PgLetterStore {
    pool: PgPool,
}

impl PgLetterStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl LetterStore for PgLetterStore {
    async fn enqueue(&self, letters: &[Letter]) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        let new = enqueue(&mut tx, letters).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(new)
    }

    async fn claim(&self, limit: i64, for_: SignedDuration) -> Result<Vec<Claimed>, StoreError> {
        read::claim(&self.pool, limit, for_).await
    }

    async fn settle(&self, claimed: &Claimed, outcome: &Outcome) -> Result<bool, StoreError> {
        write::settle(&self.pool, claimed, outcome).await.map_err(failed)
    }

    async fn list(
        &self,
        state: Option<LetterState>,
        before: Option<LetterId>,
        limit: i64,
    ) -> Result<Vec<LetterSummary>, StoreError> {
        read::list(&self.pool, state, before, limit).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        read::counts(&self.pool).await.map_err(failed)
    }

    async fn find(&self, id: LetterId) -> Result<Option<StoredLetter>, StoreError> {
        read::find(&self.pool, id).await
    }

    async fn resend(&self, by: Initiator, id: LetterId) -> Result<Resent, StoreError> {
        write::resend(&self.pool, by, id).await.map_err(failed)
    }
}
