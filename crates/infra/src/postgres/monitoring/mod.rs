//! What the readings were judged to mean.

mod assessments;
mod baselines;
mod regions;
mod rows;
mod standings;
#[cfg(test)]
mod tests;

pub use assessments::PgAssessmentStore;
