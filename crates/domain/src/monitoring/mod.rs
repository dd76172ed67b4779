//! What a site should produce, what it does, and what the difference means.

mod anomaly;
mod assessment;
pub mod baseline;
pub mod clear_sky;
mod detection;
pub mod expected;
pub mod judge;
pub mod pv;
mod spark;
mod stats;
mod status;
pub mod sun;

pub use anomaly::{AnomalyChange, AnomalyId, AnomalyKind, AnomalyNews};
pub use assessment::{
    Assessment, Baseline, Finding, IntervalActual, NextStep, PowerRange, RegionInterval, Spark,
};
pub use detection::{Confidence, Detection, Evidence, Fact, Rung};
pub use status::Status;
