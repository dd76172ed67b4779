use async_trait::async_trait;
use tokio::sync::Notify;

use crate::error::StoreError;
use crate::live::{LiveBus, Notice};

/// A bus whose notices can be awaited.
#[derive(Debug, Default)]
pub struct FakeLiveBus {
    told: Notify,
}

impl FakeLiveBus {
    /// Waits for the next notice; one that was told meanwhile counts.
    pub async fn heard(&self) {
        self.told.notified().await;
    }
}

#[async_trait]
impl LiveBus for FakeLiveBus {
    async fn publish(&self, _notices: &[Notice]) -> Result<(), StoreError> {
        self.told.notify_one();
        Ok(())
    }
}
