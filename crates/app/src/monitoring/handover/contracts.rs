use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use jiff::Timestamp;

use super::model::{AlertDeed, PlannedWork, PutOff, Turn};
use crate::error::StoreError;

/// Tells what happened and what is to come, for a handover.
#[async_trait]
pub trait HandoverStore: Send + Sync {
    /// What happened to anomalies after an instant until another, itself
    /// included, in one region unless in all: the oldest first, of more than
    /// `limit` the newest. Anomalies are told of as they stood at its end, and
    /// known patterns that were kept quiet are left out.
    async fn turns(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Turn>, StoreError>;
    /// What people changed in that time about what is told of a region, or of
    /// all: the oldest first, of more than `limit` the newest.
    async fn alert_deeds(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<AlertDeed>, StoreError>;
    /// Anomalies that somebody put off until an instant between these.
    async fn put_off(
        &self,
        region: Option<&RegionCode>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PutOff>, StoreError>;
    /// Planned work that goes on at any instant between these.
    async fn work(
        &self,
        region: Option<&RegionCode>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PlannedWork>, StoreError>;
}
