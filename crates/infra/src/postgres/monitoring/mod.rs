//! What the readings were judged to mean.

mod anomalies;
mod assessments;
mod baselines;
mod days_taught;
mod interval_row;
mod read_models;
#[cfg(test)]
mod read_models_tests;
mod reading_rows;
mod regions;
mod rows;
mod standings;
#[cfg(test)]
mod tests;

pub use anomalies::PgAnomalyStore;
pub use assessments::PgAssessmentStore;
pub use read_models::PgReadModels;
