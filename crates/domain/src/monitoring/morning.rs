use jiff::Timestamp;
use jiff::civil::{Date, Time, time};

use crate::time::SiteZone;

/// When the day's plan is written, by the clocks of the region.
pub const MORNING: Time = time(6, 30, 0, 0);

/// The instant at which the report of a day is due. On a day on which the
/// clocks never show half past six, as much later as they jump.
#[must_use]
pub fn report_due(zone: &SiteZone, day: Date) -> Timestamp {
    zone.instant(day.to_datetime(MORNING))
}

/// The day whose report is the newest that is due.
#[must_use]
pub fn newest_report_day(zone: &SiteZone, now: Timestamp) -> Date {
    let today = zone.day(now);
    if report_due(zone, today) <= now { today } else { today.yesterday().unwrap_or(today) }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn check(zone: &str, day: Date, due: &str) {
        let zone: SiteZone = zone.parse().unwrap();
        assert_eq!(report_due(&zone, day).to_string(), due);
    }

    #[test]
    fn the_report_is_due_at_half_past_six_by_the_clocks_of_the_region() {
        check("Europe/Berlin", date(2026, 1, 12), "2026-01-12T05:30:00Z");
        check("Europe/Berlin", date(2026, 6, 12), "2026-06-12T04:30:00Z");
        check("America/Los_Angeles", date(2026, 6, 12), "2026-06-12T13:30:00Z");
        // On both days of the clock change.
        check("Europe/Berlin", date(2026, 3, 29), "2026-03-29T04:30:00Z");
        check("Europe/Berlin", date(2026, 10, 25), "2026-10-25T05:30:00Z");
    }

    #[test]
    fn before_half_past_six_the_newest_report_is_that_of_yesterday() {
        let zone: SiteZone = "Europe/Berlin".parse().unwrap();
        let at = |text: &str| newest_report_day(&zone, text.parse().unwrap());

        assert_eq!(at("2026-06-12T04:29:59Z"), date(2026, 6, 11));
        assert_eq!(at("2026-06-12T04:30:00Z"), date(2026, 6, 12));
    }

    proptest! {
        #[test]
        fn whatever_the_hour_the_newest_report_is_due_and_the_next_is_not(
            seconds in 1_700_000_000_i64..1_900_000_000,
        ) {
            let zone: SiteZone = "Europe/Lisbon".parse().unwrap();
            let now = Timestamp::from_second(seconds).unwrap();
            let day = newest_report_day(&zone, now);

            prop_assert!(report_due(&zone, day) <= now);
            prop_assert!(report_due(&zone, day.tomorrow().unwrap()) > now);
        }
    }
}
