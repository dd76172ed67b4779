//! Readings, their quality, and the connections they come by.

mod breaker;
mod connection;
mod contract;
mod firmware;
mod history;
mod progress;
mod quality;
mod quota;
mod reading;
mod replacement;
mod rules;
mod topic;
mod totals;

pub use breaker::{Breaker, STRIKES};
pub use connection::{Cause, ConnectionId, CredentialId, Health, Noted, Party, Record, Remark};
pub use contract::{Comparison, Contract, ContractError, Difference, Shape, ValueKind, inside};
pub use firmware::should_be_updated;
pub use history::{Counted, DeviceHistory};
pub use progress::{LATE_DATA, Progress, Purpose, Reached, Window};
pub use quality::{Quality, Reason, Reasons};
pub use quota::{Grant, Ledger, Quota, back_off};
pub use reading::{Measurement, ReadingKey};
pub use replacement::{ListedInverter, Replacement, replacements};
pub use rules::{CLOCK_TOLERANCE, TimeError, check_time, classify};
pub use topic::{Target, TopicRule, TopicRuleError};
pub use totals::Totals;
