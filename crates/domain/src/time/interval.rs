use jiff::{SignedDuration, Timestamp};

/// A quarter hour of UTC, half-open: it holds its start and not its end.
/// Sites are aggregated, expected and judged by these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval(i64);

impl Interval {
    /// Length of an interval in seconds.
    pub const SECONDS: i64 = 900;
    /// Intervals in an hour.
    pub const PER_HOUR: i64 = 3600 / Self::SECONDS;
    /// Intervals in 24 hours.
    pub const PER_DAY: i64 = 24 * Self::PER_HOUR;

    /// The interval that holds this instant.
    #[must_use]
    pub fn containing(at: Timestamp) -> Self {
        Self(at.as_second().div_euclid(Self::SECONDS))
    }

    /// Position on the line of all intervals, counted from 1970.
    #[must_use]
    pub const fn index(self) -> i64 {
        self.0
    }

    /// The interval at this position, counted from 1970.
    #[must_use]
    pub const fn from_index(index: i64) -> Self {
        Self(index)
    }

    /// First instant of the interval.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(self.0.saturating_mul(Self::SECONDS))
    }

    /// First instant after the interval.
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.next().start()
    }

    /// The middle of the interval, where the sun is taken.
    #[must_use]
    pub fn middle(self) -> Timestamp {
        self.start() + SignedDuration::from_secs(Self::SECONDS / 2)
    }

    /// The following interval.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// The interval this many positions later (earlier when negative).
    #[must_use]
    pub const fn offset(self, by: i64) -> Self {
        Self(self.0 + by)
    }

    /// All intervals from this one up to, and without, the other.
    pub fn until(self, end: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..end.0).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_its_start_and_not_its_end() {
        let at: Timestamp = "2026-06-12T08:45:00Z".parse().unwrap();

        let interval = Interval::containing(at);

        assert_eq!(interval.start(), at);
        assert_eq!(Interval::containing(interval.end()), interval.next());
        assert_eq!(interval.until(interval.offset(4)).count(), 4);
    }

    #[test]
    fn instants_before_1970_have_intervals_too() {
        let at: Timestamp = "1969-12-31T23:59:59Z".parse().unwrap();

        assert!(Interval::containing(at).start() <= at);
    }
}
