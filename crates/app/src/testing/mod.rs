//! Fakes and builders for tests.

mod clock;
mod fleet;
mod monitoring;
mod vendors;

pub use clock::FixedClock;
pub use fleet::{FakeSiteStore, site};
pub use monitoring::{FakeAssessmentStore, FakeReadModels};
pub use vendors::FakeVendor;
