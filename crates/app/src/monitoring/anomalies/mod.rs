//! The life of anomalies among people.

pub mod apply;
mod commands;
mod contracts;
mod records;
mod service;
#[cfg(test)]
mod tests;
mod what_if;

pub use commands::{AnomalyError, Dismiss, PlanMaintenance, Scorecard, SiteCases};
pub use contracts::{Acted, AnomalyStore};
pub use records::{AnomalyRecord, HistoryEntry, IncidentRecord, Lesson, RuleTally};
pub use service::Anomalies;
pub use what_if::{Fired, Parameter, WhatIf, WhatIfError, WhatIfOutcome};
