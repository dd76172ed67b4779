//! Fakes and builders for tests.

mod anomalies;
mod anomaly_news;
pub mod anomaly_suite;
mod clock;
mod connections;
mod customer;
mod fleet;
mod handover;
mod live;
mod monitoring;
mod past;
mod reports;
mod vendor_facts;
mod vendors;

pub use anomalies::FakeAnomalyStore;
#[cfg(test)]
pub(crate) use anomaly_news::seen;
pub use clock::FixedClock;
pub use connections::{FakeConnectionStore, FakeCredentialStore, FakeGateways};
pub use customer::FakeHistoryStore;
pub use fleet::{FakeSiteStore, site};
pub use handover::FakeHandoverStore;
pub use live::FakeLiveBus;
pub use monitoring::{FakeAssessmentStore, FakeReadModels};
pub use past::FakePastStore;
pub use reports::{FakeReportPress, FakeReportStore, FakeStuckCases};
pub use vendor_facts::FakeVendorFacts;
pub use vendors::FakeVendor;
