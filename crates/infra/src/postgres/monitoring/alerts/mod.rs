//! Alert rules, silences, and what is told by them.

mod changes;
mod inhibitions;
mod keep;
mod notice;
mod read;
mod rows;
mod sites;
mod sparks;
mod tell;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::alerts::{AlertPress, AlertStore, Heard, Noticed, StoredRule};
use greengrid_domain::monitoring::alert::{
    AlertRule, AlertRuleId, AlertSilence, AlertSilenceId, Inhibition, InhibitionId,
};
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;
use sqlx::PgPool;

use crate::postgres::failure::failed;

pub(super) use notice::notice;

/// Alert rules, silences and notices in Postgres.
#[derive(Debug, Clone)]
pub struct PgAlertStore {
    pool: PgPool,
}

impl PgAlertStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AlertStore for PgAlertStore {
    async fn rules(&self) -> Result<Vec<StoredRule>, StoreError> {
        read::rules(&self.pool).await.map_err(failed)
    }

    async fn save(&self, by: Initiator, rule: &AlertRule, at: Timestamp) -> Result<(), StoreError> {
        keep::save(&self.pool, by, rule, at).await.map_err(failed)
    }

    async fn remove(
        &self,
        by: Initiator,
        id: AlertRuleId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        keep::remove(&self.pool, by, id, at).await.map_err(failed)
    }

    async fn silences(&self, now: Timestamp) -> Result<Vec<AlertSilence>, StoreError> {
        let mut connection = self.pool.acquire().await.map_err(failed)?;
        read::silences(&mut connection, now).await.map_err(failed)
    }

    async fn silence(&self, by: Initiator, silence: &AlertSilence) -> Result<(), StoreError> {
        keep::silence(&self.pool, by, silence).await.map_err(failed)
    }

    async fn unsilence(
        &self,
        by: Initiator,
        id: AlertSilenceId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        keep::unsilence(&self.pool, by, id, at).await.map_err(failed)
    }

    async fn inhibitions(&self) -> Result<Vec<Inhibition>, StoreError> {
        inhibitions::all(&self.pool).await.map_err(failed)
    }

    async fn inhibit(
        &self,
        by: Initiator,
        inhibition: &Inhibition,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        inhibitions::keep(&self.pool, by, inhibition, at).await.map_err(failed)
    }

    async fn uninhibit(
        &self,
        by: Initiator,
        id: InhibitionId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        inhibitions::remove(&self.pool, by, id, at).await.map_err(failed)
    }

    async fn heard(&self, since: Timestamp) -> Result<Vec<Heard>, StoreError> {
        read::heard(&self.pool, since).await.map_err(failed)
    }

    async fn noticed(&self, limit: i64) -> Result<Vec<Noticed>, StoreError> {
        read::noticed(&self.pool, limit).await.map_err(failed)
    }

    async fn tell_due(&self, now: Timestamp, press: &dyn AlertPress) -> Result<usize, StoreError> {
        tell::due(&self.pool, now, press).await.map_err(failed)
    }
}
