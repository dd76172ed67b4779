//! Fakes and builders for tests.

mod clock;
mod fleet;
mod monitoring;

pub use clock::FixedClock;
pub use fleet::{FakeSiteStore, site};
pub use monitoring::{FakeAssessmentStore, FakeReadModels};
