use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::fleet::Brand;

/// Nanoseconds.
const MINUTE_NS: u64 = 60_000_000_000;

/// How many calls a credential may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// In any minute.
    pub per_minute: u32,
    /// On a calendar day of UTC; none where nobody counts.
    pub per_day: Option<u32>,
    /// In a calendar month of UTC; none where nobody counts.
    pub per_month: Option<u32>,
}

impl Quota {
    /// What the smallest plan of a brand allows. Solar.web bills data points
    /// and names no limit; half a call a second is polite.
    #[must_use]
    pub const fn smallest_of(brand: Brand) -> Self {
        match brand {
            Brand::SolarEdge => Self { per_minute: 10, per_day: None, per_month: Some(2_000) },
            Brand::Enphase => Self { per_minute: 10, per_day: None, per_month: Some(1_000) },
            Brand::Fronius | Brand::Other => {
                Self { per_minute: 30, per_day: None, per_month: None }
            }
        }
    }

    /// Calls that may follow each other at once when a person waits for them.
    fn burst(self) -> u32 {
        (self.per_minute / 2).max(1)
    }

    /// The time between two calls of a long row, such that with a burst before
    /// them no minute has more than it may.
    fn pace(self) -> SignedDuration {
        let rest = self.per_minute.max(1) - self.burst().min(self.per_minute.max(1)) + 1;
        // Rounded up: a nanosecond too short would be a call too many.
        SignedDuration::from_nanos(
            i64::try_from(MINUTE_NS.div_ceil(u64::from(rest))).unwrap_or(i64::MAX),
        )
    }
}

/// What a credential has spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ledger {
    /// When the calls made so far are paid off at the pace of the minute.
    pub paid_at: Timestamp,
    /// The day, of UTC, to which the next figure belongs.
    pub day: Date,
    /// Calls on that day.
    pub today: u32,
    /// Calls in the month of that day.
    pub this_month: u32,
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// It may, and this is the ledger with it.
    Granted(Ledger),
    /// Not yet: the minute is full, or the calls would not last the day.
    Wait(SignedDuration),
    /// The day or the month is used up; it ends at this instant.
    Spent(Timestamp),
}

/// Calls of a day that may be made ahead of time, as a share of the day: the
/// first hours must not use up what the evening needs.
const AHEAD: f64 = 0.2;

impl Ledger {
    /// Of a credential that has spent nothing.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { paid_at: now, day: utc_day(now), today: 0, this_month: 0 }
    }

    /// Asks for one call. An urgent one, for which a person waits, goes before
    /// others in its minute and is not held back to make the day and the month
    /// last; the limits hold for it all the same.
    #[must_use]
    pub fn take(self, quota: Quota, now: Timestamp, urgent: bool) -> Grant {
        let this = self.turned(now);
        if quota.per_month.is_some_and(|limit| this.this_month >= limit) {
            return Grant::Spent(end_of_month(this.day));
        }
        if quota.per_day.is_some_and(|limit| this.today >= limit) {
            return Grant::Spent(midnight(this.day.saturating_add(1.day())));
        }
        let ahead = this.share_by(quota, now, AHEAD).map(f64::ceil);
        if !urgent && ahead.is_some_and(|most| f64::from(this.today) >= most) {
            return Grant::Wait(SignedDuration::from_mins(10));
        }
        let ahead = if urgent { i32::try_from(quota.burst() - 1).unwrap_or(0) } else { 0 };
        let tolerance = quota.pace() * ahead;
        let early = this.paid_at.duration_since(now) - tolerance;
        if early > SignedDuration::ZERO {
            return Grant::Wait(early);
        }
        Grant::Granted(Self {
            paid_at: this.paid_at.max(now) + quota.pace(),
            today: this.today + 1,
            this_month: this.this_month + 1,
            ..this
        })
    }

    /// Calls left in the month.
    #[must_use]
    pub fn left(self, quota: Quota, now: Timestamp) -> Option<u32> {
        Some(quota.per_month?.saturating_sub(self.turned(now).this_month))
    }

    /// Whether fewer calls were made today than last the day and the month, so
    /// that there are some to spare.
    #[must_use]
    pub fn has_spare(self, quota: Quota, now: Timestamp) -> bool {
        let this = self.turned(now);
        this.share_by(quota, now, 0.0).is_none_or(|share| f64::from(this.today) < share)
    }

    /// The ledger on the day of an instant.
    fn turned(self, now: Timestamp) -> Self {
        let day = utc_day(now);
        if day <= self.day {
            return self;
        }
        let same_month = day.first_of_month() == self.day.first_of_month();
        let this_month = if same_month { self.this_month } else { 0 };
        Self { day, today: 0, this_month, ..self }
    }

    /// Calls that may have been made today by this instant and some part of the
    /// day ahead of it, so that those of the day and of the month last: an even
    /// share of what was left this morning. None where nobody counts.
    fn share_by(self, quota: Quota, now: Timestamp, ahead: f64) -> Option<f64> {
        let of_month = quota.per_month.map(|limit| {
            let left = limit.saturating_sub(self.this_month - self.today.min(self.this_month));
            let days = i64::from(self.day.days_in_month()) - i64::from(self.day.day()) + 1;
            f64::from(left) / f64::from(i32::try_from(days.max(1)).unwrap_or(1))
        });
        let of_day = quota.per_day.map(f64::from);
        let share = of_month.into_iter().chain(of_day).reduce(f64::min)?;
        let midnight = now.as_second().rem_euclid(86_400);
        let passed = f64::from(i32::try_from(midnight).unwrap_or(0)) / 86_400.0;
        Some(share * (passed + ahead).min(1.0))
    }
}

fn utc_day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn end_of_month(day: Date) -> Timestamp {
    midnight(day.last_of_month().saturating_add(1.day()))
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// The wait before the next attempt after some failures in a row: doubled with
/// each, at most six hours, and never shorter than the vendor asks for.
/// `jitter` is between 0 and 1 and spreads those who failed together.
#[must_use]
pub fn back_off(failures: u32, asked: Option<SignedDuration>, jitter: f64) -> SignedDuration {
    const FIRST: SignedDuration = SignedDuration::from_secs(30);
    const LONGEST: SignedDuration = SignedDuration::from_hours(6);
    let doubled = 1_i32 << failures.saturating_sub(1).min(10);
    let wait = (FIRST * doubled).min(LONGEST);
    let spread =
        SignedDuration::try_from_secs_f64(wait.as_secs_f64() * jitter.clamp(0.0, 1.0) / 2.0);
    (wait + spread.unwrap_or_default()).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn noon() -> Timestamp {
        at("2026-06-12T12:00:00Z")
    }

    proptest! {
        /// Whoever asks, whenever: no minute and no month has more than it may.
        #[test]
        fn a_quota_is_never_exceeded(
            per_minute in 1_u32..20,
            per_day in proptest::option::of(1_u32..100),
            per_month in proptest::option::of(1_u32..200),
            asked in proptest::collection::vec((0_i64..40_000, any::<bool>()), 1..400),
        ) {
            let quota = Quota { per_minute, per_day, per_month };
            let mut ledger = Ledger::new(noon());
            let (mut now, mut granted) = (noon(), Vec::new());
            for (millis, urgent) in asked {
                now += SignedDuration::from_millis(millis);
                if let Grant::Granted(after) = ledger.take(quota, now, urgent) {
                    ledger = after;
                    granted.push(now);
                }
            }
            for (index, first) in granted.iter().enumerate() {
                let minute = *first + SignedDuration::from_secs(60);
                let many = granted[index..].iter().take_while(|at| **at < minute).count();
                prop_assert!(many <= per_minute as usize, "{many} in a minute");
            }
            prop_assert!(per_month.is_none_or(|limit| granted.len() <= limit as usize));
            for same_day in granted.chunk_by(|a, b| utc_day(*a) == utc_day(*b)) {
                prop_assert!(per_day.is_none_or(|limit| same_day.len() <= limit as usize));
            }
        }

        /// Waiting as told is enough where nobody else asks.
        #[test]
        fn the_wait_that_is_told_is_enough(per_minute in 1_u32..60, calls in 1_usize..40) {
            let quota = Quota { per_minute, per_day: None, per_month: None };
            let (mut ledger, mut now) = (Ledger::new(noon()), noon());
            for _ in 0..calls {
                if let Grant::Wait(wait) = ledger.take(quota, now, false) {
                    now += wait;
                }
                let Grant::Granted(after) = ledger.take(quota, now, false) else {
                    return Err(TestCaseError::fail("told too short a wait"));
                };
                ledger = after;
            }
        }
    }

    #[test]
    fn who_waits_in_person_goes_before_the_others() {
        let quota = Quota { per_minute: 10, per_day: None, per_month: None };
        let Grant::Granted(mut ledger) = Ledger::new(noon()).take(quota, noon(), false) else {
            panic!("the first call");
        };

        assert_eq!(ledger.take(quota, noon(), false), Grant::Wait(SignedDuration::from_secs(10)));
        for _ in 0..4 {
            let Grant::Granted(after) = ledger.take(quota, noon(), true) else {
                panic!("a test of four calls need not wait");
            };
            ledger = after;
        }
        assert!(matches!(ledger.take(quota, noon(), true), Grant::Wait(_)));
    }

    #[test]
    fn the_calls_of_a_month_last_the_month() {
        let quota = Quota { per_minute: 60, per_day: None, per_month: Some(3_000) };
        let (mut ledger, mut now) =
            (Ledger::new(at("2026-06-01T00:00:00Z")), at("2026-06-01T00:00:00Z"));
        let mut by_breakfast = 0;
        let mut days = std::collections::BTreeSet::new();
        while now < at("2026-07-01T00:00:00Z") {
            if let Grant::Granted(after) = ledger.take(quota, now, false) {
                ledger = after;
                by_breakfast += u32::from(now < at("2026-06-01T07:00:00Z"));
                days.insert(utc_day(now));
            }
            now += SignedDuration::from_mins(1);
        }

        assert_eq!((ledger.this_month, days.len()), (3_000, 30));
        assert!(by_breakfast < 60, "{by_breakfast} of 100 calls by breakfast");
    }

    #[test]
    fn a_month_that_is_used_up_says_when_it_ends_and_the_next_begins_anew() {
        let quota = Quota { per_minute: 60, per_day: None, per_month: Some(1) };
        let Grant::Granted(spent) = Ledger::new(noon()).take(quota, noon(), true) else {
            panic!("the first call");
        };

        assert_eq!(spent.take(quota, noon(), true), Grant::Spent(at("2026-07-01T00:00:00Z")));
        assert_eq!(spent.left(quota, noon()), Some(0));
        let july = at("2026-07-01T00:00:00Z");
        assert!(matches!(spent.take(quota, july, false), Grant::Granted(_)));
    }

    #[test]
    fn a_day_that_is_used_up_ends_at_midnight() {
        let quota = Quota { per_minute: 60, per_day: Some(1), per_month: None };
        let Grant::Granted(spent) = Ledger::new(noon()).take(quota, noon(), false) else {
            panic!("the first call");
        };

        assert_eq!(spent.take(quota, noon(), true), Grant::Spent(at("2026-06-13T00:00:00Z")));
        let tomorrow = at("2026-06-13T12:00:00Z");
        assert!(matches!(spent.take(quota, tomorrow, false), Grant::Granted(_)));
    }

    #[test]
    fn there_are_calls_to_spare_while_fewer_were_made_than_an_even_share() {
        let quota = Quota { per_minute: 60, per_day: Some(10), per_month: None };
        let after = |calls| Ledger { today: calls, ..Ledger::new(noon()) };

        assert!(after(4).has_spare(quota, noon()));
        assert!(!after(5).has_spare(quota, noon()), "half of the day has passed");
        let uncounted = Quota { per_minute: 60, per_day: None, per_month: None };
        assert!(after(1_000).has_spare(uncounted, noon()));
    }

    #[test]
    fn waits_double_spread_and_heed_the_vendor() {
        let wait = |failures, jitter| back_off(failures, None, jitter).as_secs();

        assert_eq!([wait(1, 0.0), wait(2, 0.0), wait(4, 0.0)], [30, 60, 240]);
        assert_eq!((wait(1, 1.0), wait(40, 0.0)), (45, 6 * 3600));
        let hour = SignedDuration::from_hours(1);
        assert_eq!(back_off(1, Some(hour), 0.0), hour);
    }
}
