//! What a site should produce, what it does, and what the difference means.

mod anomaly;
mod assessment;
pub mod baseline;
pub mod clear_sky;
pub mod expected;
pub mod judge;
pub mod pv;
mod spark;
mod stats;
mod status;
pub mod sun;

pub use anomaly::AnomalyKind;
pub use assessment::{
    Assessment, Baseline, Finding, IntervalActual, NextStep, PowerRange, RegionInterval, Spark,
};
pub use status::Status;
