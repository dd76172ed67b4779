//! What a site should produce, what it does, and what the difference means.

mod anomaly;
mod assessment;
pub mod clear_sky;
pub mod pv;
mod status;
pub mod sun;

pub use anomaly::AnomalyKind;
pub use assessment::{
    Assessment, Baseline, Finding, IntervalActual, NextStep, RegionInterval, Spark,
};
pub use status::Status;
