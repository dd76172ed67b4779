//! Readings and their quality.

mod history;
mod quality;
mod reading;
mod rules;

pub use history::DeviceHistory;
pub use quality::{Quality, Reason, Reasons};
pub use reading::{Measurement, ReadingKey};
pub use rules::{CLOCK_TOLERANCE, TimeError, check_time, classify};
