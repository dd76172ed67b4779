//! The time, as a contract: the demo fleet lives by a clock of its own.

use jiff::Timestamp;

/// Tells the time by which sites are judged. Sessions, tokens and the audit
/// trail go by the clock of Postgres instead.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// How many seconds of this clock pass in a second of the wall clock.
    fn speed(&self) -> f64 {
        1.0
    }

    /// Whether this is the clock of the demo fleet.
    fn is_demo(&self) -> bool {
        false
    }
}
