//! Fakes and builders for tests.

mod clock;

pub use clock::FixedClock;
