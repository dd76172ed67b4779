//! The morning report of a region: the day's plan, kept and mailed.

mod contracts;
mod made;
mod model;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{Kept, ReportPress, ReportStore, ReportSummary, StuckCases};
pub use model::{LookBack, MorningReport, ReportIncident, ReportLine, StuckCase};
pub use service::{Reports, ReportsError};
