use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::clock::Clock;

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct FixedClock {
    now: Mutex<Timestamp>,
    demo: bool,
}

impl FixedClock {
    /// A clock that stands at this instant.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self { now: Mutex::new(now), demo: false }
    }

    /// The same, which says that it is the clock of a demo.
    #[must_use]
    pub const fn of_demo(now: Timestamp) -> Self {
        Self { now: Mutex::new(now), demo: true }
    }

    /// Moves the clock.
    pub fn advance(&self, by: SignedDuration) {
        *self.now.lock() += by;
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.now.lock()
    }

    fn is_demo(&self) -> bool {
        self.demo
    }
}
