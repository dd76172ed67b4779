//! The life of anomalies among people.

pub mod apply;
mod commands;
mod contracts;
mod records;
mod service;
#[cfg(test)]
mod tests;

pub use commands::{AnomalyError, Dismiss, PlanMaintenance, Scorecard, SiteCases};
pub use contracts::{Acted, AnomalyStore};
pub use records::{AnomalyRecord, HistoryEntry, IncidentRecord, Lesson, RuleTally};
pub use service::Anomalies;
