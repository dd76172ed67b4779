use async_trait::async_trait;
use jiff::Timestamp;
use parking_lot::Mutex;

use crate::error::StoreError;
use crate::monitoring::{PastFleet, PastStore};

/// A memory to be filled by tests.
#[derive(Debug, Default)]
pub struct FakePastStore(Mutex<Vec<(Timestamp, PastFleet)>>);

impl FakePastStore {
    /// From this moment on the fleet stood like this.
    pub fn put(&self, at: Timestamp, fleet: PastFleet) {
        let mut kept = self.0.lock();
        kept.push((at, fleet));
        kept.sort_by_key(|(at, _)| *at);
    }
}

#[async_trait]
impl PastStore for FakePastStore {
    async fn recorded_since(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.0.lock().first().map(|(at, _)| *at))
    }

    async fn fleet(&self, at: Timestamp, _changes: i64) -> Result<PastFleet, StoreError> {
        let kept = self.0.lock();
        let before = kept.iter().rev().find(|(from, _)| *from <= at);
        Ok(before.map(|(_, fleet)| fleet.clone()).unwrap_or_default())
    }
}
