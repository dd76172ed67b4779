//! The morning report of a region: the day's plan, kept and mailed.

mod contracts;
mod made;
mod model;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{Kept, ReportPress, ReportStore, ReportSummary};
pub use model::{LookBack, MorningReport, ReportIncident, ReportLine};
pub use service::{Reports, ReportsError};
