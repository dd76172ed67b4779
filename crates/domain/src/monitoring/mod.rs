//! What a site should produce, what it does, and what the difference means.

mod anomaly;
mod assessment;
mod status;

pub use anomaly::AnomalyKind;
pub use assessment::{
    Assessment, Baseline, Finding, IntervalActual, NextStep, RegionInterval, Spark,
};
pub use status::Status;
