//! The time, as a contract: the demo fleet lives by a clock of its own.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::Timestamp;

/// The longest wait at once: a clock that stands still may go on.
const LONGEST: Duration = Duration::from_mins(1);

/// Tells the time by which sites are judged. Sessions, tokens and the audit
/// trail go by the clock of Postgres instead.
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// How many seconds of this clock pass in a second of the wall clock.
    fn speed(&self) -> f64 {
        1.0
    }

    /// Waits for so much time of this clock.
    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        let wall = span.div_f64(self.speed().max(f64::MIN_POSITIVE)).min(LONGEST);
        tokio::time::sleep(wall).boxed()
    }

    /// Whether this is the clock of the demo fleet.
    fn is_demo(&self) -> bool {
        false
    }
}
