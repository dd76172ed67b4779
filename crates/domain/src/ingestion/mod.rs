//! Readings and their quality.

mod quality;
mod reading;

pub use quality::{Quality, Reason, Reasons};
pub use reading::{Measurement, ReadingKey};
