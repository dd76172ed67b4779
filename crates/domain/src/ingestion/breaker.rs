use jiff::{SignedDuration, Timestamp};

use super::{Cause, back_off};

/// Connections in a row that fail for a reason of the vendor before the vendor
/// counts as disrupted: one alone may be a site with a fault of its own there.
pub const STRIKES: u32 = 3;

/// The longest time between two probes: a vendor that is back has readings
/// that people wait for.
const LONGEST: SignedDuration = SignedDuration::from_mins(30);

/// A circuit breaker that is open: nobody behind it is asked, until a single
/// probe gets through. Closed ones are not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Why it is open.
    pub cause: Cause,
    /// Since when.
    pub since: Timestamp,
    /// Probes that failed, with the failure that opened it.
    pub failures: u32,
    /// When the next probe may go.
    pub probe_at: Timestamp,
}

impl Breaker {
    /// One that opens now. `asked` is the wait that the vendor named; `jitter`
    /// between 0 and 1 spreads the probes.
    #[must_use]
    pub fn open(cause: Cause, now: Timestamp, asked: Option<SignedDuration>, jitter: f64) -> Self {
        Self { cause, since: now, failures: 0, probe_at: now }.failed(cause, now, asked, jitter)
    }

    /// After a probe that failed, perhaps for another reason.
    #[must_use]
    pub fn failed(
        self,
        cause: Cause,
        now: Timestamp,
        asked: Option<SignedDuration>,
        jitter: f64,
    ) -> Self {
        let failures = self.failures.saturating_add(1);
        let wait = back_off(failures, None, jitter).min(LONGEST).max(asked.unwrap_or_default());
        Self { cause, failures, probe_at: now + wait, ..self }
    }

    /// Whether it is half open: a probe may go.
    #[must_use]
    pub fn admits_probe(&self, now: Timestamp) -> bool {
        now >= self.probe_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::constant(1_781_254_800, 0) + SignedDuration::from_mins(minutes)
    }

    #[test]
    fn probes_become_rarer_but_never_rare() {
        let mut breaker = Breaker::open(Cause::VendorFault, at(0), None, 0.0);
        let mut waits = vec![breaker.probe_at.duration_since(at(0)).as_secs()];
        for _ in 0..9 {
            let now = breaker.probe_at;
            breaker = breaker.failed(Cause::VendorFault, now, None, 0.0);
            waits.push(breaker.probe_at.duration_since(now).as_secs());
        }

        assert_eq!(waits[..4], [30, 60, 120, 240]);
        assert_eq!(waits[9], 30 * 60);
        assert_eq!((breaker.since, breaker.failures), (at(0), 10));
    }

    #[test]
    fn a_wait_that_the_vendor_names_is_kept_however_long() {
        let hours = SignedDuration::from_hours(3);
        let breaker = Breaker::open(Cause::Maintenance, at(0), Some(hours), 1.0);

        assert!(!breaker.admits_probe(at(179)));
        assert!(breaker.admits_probe(at(180)));
    }

    #[test]
    fn a_probe_that_fails_otherwise_tells_the_newer_reason() {
        let breaker = Breaker::open(Cause::Unreachable, at(0), None, 0.0);

        let later = breaker.failed(Cause::Maintenance, at(1), None, 0.0);

        assert_eq!((later.cause, later.since), (Cause::Maintenance, at(0)));
    }
}
