use async_trait::async_trait;
use greengrid_domain::monitoring::MaintenanceWindow;
use jiff::Timestamp;

use super::{AnomalyRecord, IncidentRecord, StandingChange, StoredAssessment};
use crate::error::StoreError;

/// The fleet as it stood at a moment.
#[derive(Debug, Clone, Default)]
pub struct PastFleet {
    /// Every site that had been assessed, with who looked after it. What its
    /// readings said at that moment is not in it: the intervals know.
    pub sites: Vec<StoredAssessment>,
    /// Anomalies that lasted, or that people were not done with.
    pub active: Vec<AnomalyRecord>,
    /// Work that was planned, also what was cancelled later.
    pub windows: Vec<MaintenanceWindow>,
    /// Incidents that went on.
    pub incidents: Vec<IncidentRecord>,
    /// What had changed last, newest first.
    pub changes: Vec<StandingChange>,
}

/// Remembers how the fleet stood.
#[async_trait]
pub trait PastStore: Send + Sync {
    /// From when on it is known; `None` before anything was assessed.
    async fn recorded_since(&self) -> Result<Option<Timestamp>, StoreError>;
    /// The fleet at a moment, with so many of the changes before it.
    async fn fleet(&self, at: Timestamp, changes: i64) -> Result<PastFleet, StoreError>;
}
