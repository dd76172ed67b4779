//! What the readings were judged to mean.

mod alerts;
mod anomalies;
mod assessments;
mod baselines;
mod days_taught;
mod handover;
#[cfg(test)]
mod handover_tests;
mod interval_row;
mod past;
#[cfg(test)]
mod past_tests;
mod read_models;
#[cfg(test)]
mod read_models_tests;
mod reading_rows;
mod regions;
mod reports;
mod rows;
mod standings;
#[cfg(test)]
mod tests;

pub use alerts::PgAlertStore;
pub use anomalies::PgAnomalyStore;
pub use assessments::PgAssessmentStore;
pub use handover::PgHandoverStore;
pub use past::PgPastStore;
pub use read_models::PgReadModels;
pub use reports::PgReportStore;
