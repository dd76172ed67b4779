use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use jiff::Timestamp;

use super::model::{PlannedWork, PutOff, Turn};
use crate::error::StoreError;

/// Tells what happened and what is to come, for a handover.
#[async_trait]
pub trait HandoverStore: Send + Sync {
    /// What happened to anomalies from an instant on until another, itself left
    /// out, in one region unless in all: the oldest first, of more than `limit`
    /// the newest. Known patterns that were kept quiet are left out.
    async fn turns(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Turn>, StoreError>;
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
