use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::monitoring::handover::{AlertDeed, HandoverStore, PlannedWork, PutOff, Turn};

/// What happened, in memory: the same in every region.
#[derive(Debug, Default)]
pub struct FakeHandoverStore {
    deeds: Vec<AlertDeed>,
}

impl FakeHandoverStore {
    /// A store that knows of these changes and nothing else.
    #[must_use]
    pub const fn of(deeds: Vec<AlertDeed>) -> Self {
        Self { deeds }
    }
}

#[async_trait]
impl HandoverStore for FakeHandoverStore {
    async fn turns(
        &self,
        _: Option<&RegionCode>,
        _: Timestamp,
        _: Timestamp,
        _: i64,
    ) -> Result<Vec<Turn>, StoreError> {
        Ok(Vec::new())
    }

    async fn alert_deeds(
        &self,
        _: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
        _: i64,
    ) -> Result<Vec<AlertDeed>, StoreError> {
        let within = |deed: &&AlertDeed| deed.at > since && deed.at <= until;
        Ok(self.deeds.iter().filter(within).cloned().collect())
    }

    async fn put_off(
        &self,
        _: Option<&RegionCode>,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<PutOff>, StoreError> {
        Ok(Vec::new())
    }

    async fn work(
        &self,
        _: Option<&RegionCode>,
        _: Timestamp,
        _: Timestamp,
    ) -> Result<Vec<PlannedWork>, StoreError> {
        Ok(Vec::new())
    }
}
