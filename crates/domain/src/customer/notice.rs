use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::monitoring::Status;
use crate::time::SiteZone;
use crate::units::Energy;

/// What people with sites are written about.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum NoticeKind {
    /// A fault that lasts.
    Fault,
    /// What a month came to.
    MonthlySummary,
    /// A day like no other in a year.
    UnusualDay,
}

impl NoticeKind {
    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fault => "A fault that lasts",
            Self::MonthlySummary => "The month in numbers",
            Self::UnusualDay => "An unusual day",
        }
    }

    /// When such a letter comes.
    #[must_use]
    pub const fn when(self) -> &'static str {
        match self {
            Self::Fault => {
                "Once for each fault that is still there after a few hours of daylight, with what \
                 we do about it."
            }
            Self::MonthlySummary => {
                "On the first days of a month: what your site made, and what that was worth."
            }
            Self::UnusualDay => "When a day was the best of a year, at most every two weeks.",
        }
    }
}

/// Letters arrive between these hours of the site's day, so that none of them
/// wakes anybody.
const HOURS: std::ops::Range<i8> = 8..20;

/// Days of a month on which the one before is summed up, should the first be
/// missed.
const SUMMED_UP_UNTIL: i8 = 5;

/// Best days are told only after so many days, and at most this often.
const DAYS_TO_BE_UNUSUAL: usize = 60;

/// The shortest time between two letters of an unusual day at one site.
pub const BETWEEN_UNUSUAL_DAYS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Whether letters may arrive at a site at this hour.
#[must_use]
pub fn is_letter_hour(now: Timestamp, zone: &SiteZone) -> bool {
    HOURS.contains(&zone.local(now).hour())
}

/// Whether a fault has lasted long enough to be told: what should be acted on
/// today three hours, everything else a day, since much of it goes by itself.
#[must_use]
pub fn fault_lasts(status: Status, raised_at: Timestamp, now: Timestamp) -> bool {
    let after = match status {
        Status::ActToday => SignedDuration::from_hours(3),
        _ => SignedDuration::from_hours(24),
    };
    now >= raised_at + after
}

/// The month that is to be summed up now, by its first day.
#[must_use]
pub fn month_to_sum_up(now: Timestamp, zone: &SiteZone) -> Option<Date> {
    let today = zone.day(now);
    (is_letter_hour(now, zone) && today.day() <= SUMMED_UP_UNTIL)
        .then(|| today.first_of_month().yesterday().ok())
        .flatten()
        .map(Date::first_of_month)
}

/// Whether yesterday was the best day of a year; `days` are those with readings
/// before it, of a year.
#[must_use]
pub fn is_best_day(yesterday: Energy, days: &[Energy]) -> bool {
    days.len() >= DAYS_TO_BE_UNUSUAL
        && yesterday > Energy::ZERO
        && days.iter().all(|day| *day < yesterday)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn berlin() -> SiteZone {
        "Europe/Berlin".parse().unwrap()
    }

    #[test]
    fn nobody_is_woken() {
        assert!(!is_letter_hour(at("2026-06-12T05:59:59Z"), &berlin()));
        assert!(is_letter_hour(at("2026-06-12T06:00:00Z"), &berlin()));
        assert!(!is_letter_hour(at("2026-06-12T18:00:00Z"), &berlin()));
        assert!(is_letter_hour(at("2026-06-12T18:00:00Z"), &"America/New_York".parse().unwrap()));
    }

    #[test]
    fn what_is_urgent_is_told_the_same_day() {
        let raised = at("2026-06-12T08:00:00Z");
        let later = |hours| raised + SignedDuration::from_hours(hours);

        assert!(!fault_lasts(Status::ActToday, raised, later(2)));
        assert!(fault_lasts(Status::ActToday, raised, later(3)));
        assert!(!fault_lasts(Status::PlanVisit, raised, later(23)));
        assert!(fault_lasts(Status::NoData, raised, later(24)));
    }

    #[test]
    fn a_month_is_summed_up_in_the_first_days_of_the_next_by_the_sites_clocks() {
        let check = |now: &str, month: Option<Date>| {
            assert_eq!(month_to_sum_up(at(now), &berlin()), month, "{now}");
        };
        check("2026-06-01T05:30:00Z", None);
        check("2026-06-01T06:00:00Z", Some(date(2026, 5, 1)));
        check("2026-06-05T12:00:00Z", Some(date(2026, 5, 1)));
        check("2026-06-06T12:00:00Z", None);
        check("2026-01-02T12:00:00Z", Some(date(2025, 12, 1)));
    }

    #[test]
    fn the_best_day_beats_every_one_of_many() {
        let day = |kwh: i64| Energy::from_wh(kwh * 1000);
        let many: Vec<Energy> = (1..=60).map(day).collect();

        assert!(is_best_day(day(61), &many));
        assert!(!is_best_day(day(60), &many));
        assert!(!is_best_day(day(61), &many[..59]));
        assert!(!is_best_day(Energy::ZERO, &vec![Energy::from_wh(-1); 90]));
    }
}
