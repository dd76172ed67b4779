//! Readings, their quality, and the connections they come by.

mod connection;
mod history;
mod progress;
mod quality;
mod quota;
mod reading;
mod rules;

pub use connection::{Cause, ConnectionId, CredentialId, Health, Party, Record};
pub use history::DeviceHistory;
pub use progress::{LATE_DATA, Progress, Purpose, Reached, Window};
pub use quality::{Quality, Reason, Reasons};
pub use quota::{Grant, Ledger, Quota, back_off};
pub use reading::{Measurement, ReadingKey};
pub use rules::{CLOCK_TOLERANCE, TimeError, check_time, classify};
