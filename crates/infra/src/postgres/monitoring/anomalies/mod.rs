//! Anomalies and what becomes of them among people.

mod incidents;
mod planned;
mod read;
mod rows;
#[cfg(test)]
mod tests;
mod write;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{
    Acted, AnomalyRecord, AnomalyStore, HistoryEntry, IncidentRecord, Lesson, RuleTally,
};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyId, MaintenanceId, MaintenanceWindow, Note, QuietPattern,
    QuietPatternId,
};
use jiff::Timestamp;
use sqlx::PgPool;

use crate::postgres::failure::failed;

pub(super) use planned::{windows as planned_windows, windows_at};
pub(super) use read::{corrupt, lock as records_of, past, sites};

/// Anomalies in Postgres.
#[derive(Debug, Clone)]
pub struct PgAnomalyStore {
    pool: PgPool,
}

impl PgAnomalyStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AnomalyStore for PgAnomalyStore {
    async fn open_of(
        &self,
        sites: &[SiteId],
        ended_after: Timestamp,
    ) -> Result<Vec<AnomalyRecord>, StoreError> {
        read::open_of(&self.pool, sites, ended_after).await.map_err(failed)
    }

    async fn record(&self, changes: &[AnomalyChange]) -> Result<(), StoreError> {
        write::record(&self.pool, changes).await.map_err(failed)
    }

    async fn active(&self) -> Result<Vec<AnomalyRecord>, StoreError> {
        read::active(&self.pool).await.map_err(failed)
    }

    async fn of_site(&self, site: SiteId, limit: i64) -> Result<Vec<AnomalyRecord>, StoreError> {
        read::of_site(&self.pool, site, limit).await.map_err(failed)
    }

    async fn find(&self, id: AnomalyId) -> Result<Option<AnomalyRecord>, StoreError> {
        let found = read::by_ids(&self.pool, &[id]).await.map_err(failed)?;
        Ok(found.into_iter().next())
    }

    async fn history(&self, ids: &[AnomalyId]) -> Result<Vec<HistoryEntry>, StoreError> {
        read::history(&self.pool, ids).await.map_err(failed)
    }

    async fn act(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        action: &Action,
        lesson: Option<&Lesson>,
    ) -> Result<Acted, StoreError> {
        write::act(&self.pool, by, id, at, action, lesson).await.map_err(failed)
    }

    async fn note(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        note: &Note,
    ) -> Result<bool, StoreError> {
        write::note(&self.pool, by, id, at, note).await.map_err(failed)
    }

    async fn patterns(
        &self,
        site: SiteId,
        now: Timestamp,
    ) -> Result<Vec<QuietPattern>, StoreError> {
        let patterns = planned::patterns(&self.pool, &[site]).await.map_err(failed)?;
        let holds = |pattern: &QuietPattern| pattern.until.is_none_or(|until| until > now);
        Ok(patterns.into_iter().filter(holds).collect())
    }

    async fn forget(
        &self,
        by: UserId,
        site: SiteId,
        id: QuietPatternId,
    ) -> Result<bool, StoreError> {
        planned::forget(&self.pool, by, site, id).await.map_err(failed)
    }

    async fn plan(&self, by: UserId, window: &MaintenanceWindow) -> Result<(), StoreError> {
        planned::plan(&self.pool, by, window).await.map_err(failed)
    }

    async fn cancel(
        &self,
        by: UserId,
        id: MaintenanceId,
        at: Timestamp,
    ) -> Result<Option<MaintenanceWindow>, StoreError> {
        planned::cancel(&self.pool, by, id, at).await.map_err(failed)
    }

    async fn windows(&self, ending_after: Timestamp) -> Result<Vec<MaintenanceWindow>, StoreError> {
        planned::windows(&self.pool, ending_after).await.map_err(failed)
    }

    async fn incidents(&self) -> Result<Vec<IncidentRecord>, StoreError> {
        read::incidents(&self.pool).await.map_err(failed)
    }

    async fn crew(&self) -> Result<Vec<(UserId, String)>, StoreError> {
        read::crew(&self.pool).await.map_err(failed)
    }

    async fn tally(&self, raised_since: Timestamp) -> Result<Vec<RuleTally>, StoreError> {
        read::tally(&self.pool, raised_since).await.map_err(failed)
    }
}
