//! Alerts: rules that people keep, and what is told by them.

mod contracts;
mod decide;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{
    AlertLine, AlertMessage, AlertPress, AlertStore, Heard, NoticeState, Noticed, StoredRule,
};
pub use decide::{Decision, INHIBITED, Situation, decide, planned_until};
pub use service::{Alerts, AlertsError};
