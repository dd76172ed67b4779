//! What a site should produce, what it does, and what the difference means.

mod anomaly;
mod assessment;
pub mod baseline;
pub mod clear_sky;
mod detection;
pub mod expected;
pub mod incident;
pub mod judge;
pub mod life;
mod maintenance;
mod missing;
mod note;
pub mod pv;
mod quiet;
mod spark;
mod stats;
mod status;
pub mod sun;
#[cfg(test)]
mod testing;

pub use anomaly::{AnomalyChange, AnomalyId, AnomalyKind, AnomalyNews};
pub use assessment::{
    Assessment, Baseline, Finding, IntervalActual, NextStep, PowerRange, RegionInterval, Spark,
};
pub use detection::{Confidence, Detection, Evidence, Fact, Rung};
pub use life::{
    Action, AnomalyEvent, Dismissal, Life, LifeError, Phase, Recovery, Resolution, Stage,
};
pub use maintenance::{
    MaintenanceError, MaintenanceId, MaintenanceScope, MaintenanceWindow, planned,
};
pub use missing::{Missing, missing};
pub use note::{Note, NoteError};
pub use quiet::{LocalHours, LocalHoursError, QuietPattern, QuietPatternId, is_quiet};
pub use status::Status;
