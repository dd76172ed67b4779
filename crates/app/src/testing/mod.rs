//! Fakes and builders for tests.

mod anomalies;
mod anomaly_news;
pub mod anomaly_suite;
mod clock;
mod connections;
mod customer;
mod fleet;
mod monitoring;
mod past;
mod reports;
mod vendors;

pub use anomalies::FakeAnomalyStore;
pub use clock::FixedClock;
pub use connections::{FakeConnectionStore, FakeCredentialStore, FakeGateways};
pub use customer::FakeHistoryStore;
pub use fleet::{FakeSiteStore, site};
pub use monitoring::{FakeAssessmentStore, FakeReadModels};
pub use past::FakePastStore;
pub use reports::{FakeReportPress, FakeReportStore};
pub use vendors::FakeVendor;
