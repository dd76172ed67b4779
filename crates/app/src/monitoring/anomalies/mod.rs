//! The life of anomalies among people.

pub mod apply;
mod contracts;
mod records;
mod service;
#[cfg(test)]
mod tests;
mod what_if;

pub use contracts::{Acted, AnomalyStore};
pub use records::{
    AnomalyRecord, HistoryEntry, IncidentRecord, Lesson, OpenAnomaly, RecordedFact, RuleTally,
};
pub use service::{Anomalies, AnomalyError, Dismiss, PlanMaintenance, Scorecard, SiteCases};
pub use what_if::{Fired, Parameter, WhatIf, WhatIfError, WhatIfOutcome};
