//! What a site should produce, what it does, and what the difference means.

pub mod alert;
mod anomaly;
mod assessment;
pub mod clear_sky;
mod day;
mod detection;
pub mod expected;
pub mod incident;
mod lag;
pub mod life;
mod maintenance;
mod missing;
mod morning;
mod note;
pub mod orientation;
pub mod profile;
pub mod pv;
mod quiet;
pub mod rules;
mod spark;
mod stats;
mod status;
pub mod sun;
#[cfg(test)]
mod testing;
mod track;

pub use anomaly::{AnomalyChange, AnomalyId, AnomalyKind, AnomalyNews};
pub use assessment::{
    Assessment, Finding, IntervalActual, NextStep, PowerRange, RegionInterval, Spark,
};
pub use day::{DayIndex, DaySummary, HourSum};
pub use detection::{Confidence, Detection, Evidence, Fact, Rung};
pub use lag::Lag;
pub use life::{
    Action, AnomalyEvent, Dismissal, Life, LifeError, Phase, Recovery, Resolution, Stage,
};
pub use maintenance::{
    MaintenanceError, MaintenanceId, MaintenanceScope, MaintenanceWindow, planned,
};
pub use missing::{Missing, missing};
pub use morning::{MORNING, newest_report_day, report_due};
pub use note::{Note, NoteError};
pub use profile::{Baseline, Profile};
pub use quiet::{LocalHours, LocalHoursError, QuietPattern, QuietPatternId, is_quiet};
pub use status::Status;
pub use track::{Tracked, advance};
