//! Fakes and builders for tests.

mod anomalies;
mod anomaly_news;
pub mod anomaly_suite;
mod clock;
mod fleet;
mod monitoring;

pub use anomalies::FakeAnomalyStore;
pub use clock::FixedClock;
pub use fleet::{FakeSiteStore, site};
pub use monitoring::{FakeAssessmentStore, FakeReadModels};
