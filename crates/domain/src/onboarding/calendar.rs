//! Working days: neither Saturday nor Sunday nor a public holiday.

use holidays_rs::{Calendar, Country};
use jiff::civil::{Date, Weekday};
use jiff::{Span, Timestamp};

use super::Stage;
use crate::time::SiteZone;

/// The day on which a case is due that entered a stage at an instant: so many
/// working days of its country later. None where the stage has no limit.
#[must_use]
pub fn due(stage: Stage, since: Timestamp, zone: &SiteZone) -> Option<Date> {
    let days = stage.limit()?;
    Some(working_days_after(zone.day(since), days, zone))
}

/// The day so many working days after another.
#[must_use]
pub fn working_days_after(day: Date, days: u32, zone: &SiteZone) -> Date {
    let calendar = country(zone).map(Calendar::new);
    let (mut day, mut left) = (day, days);
    while left > 0 && day < Date::MAX {
        day = day.saturating_add(Span::new().days(1));
        if is_working_day(day, calendar.as_ref()) {
            left -= 1;
        }
    }
    day
}

/// Whether people work on this day at a place of this zone.
#[must_use]
pub fn works_on(day: Date, zone: &SiteZone) -> bool {
    is_working_day(day, country(zone).map(Calendar::new).as_ref())
}

fn is_working_day(day: Date, calendar: Option<&Calendar>) -> bool {
    let free = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !free && !calendar.is_some_and(|calendar| is_holiday(day, calendar))
}

fn is_holiday(day: Date, calendar: &Calendar) -> bool {
    let (Ok(month), Ok(number)) = (u8::try_from(day.month()), u8::try_from(day.day())) else {
        return false;
    };
    holidays_rs::Date::new(day.year().into(), month, number)
        .is_some_and(|day| calendar.is_holiday(day))
}

/// The country whose national holidays hold in a zone; none where several
/// countries share it or its holidays are not at hand, and only weekends count.
fn country(zone: &SiteZone) -> Option<Country> {
    Some(match zone.name() {
        "Europe/Berlin" | "Europe/Busingen" => Country::Germany,
        "Europe/Vienna" => Country::Austria,
        "Europe/Zurich" => Country::Switzerland,
        "Europe/Paris" => Country::France,
        "Europe/Amsterdam" => Country::Netherlands,
        "Europe/Brussels" => Country::Belgium,
        "Europe/Luxembourg" => Country::Luxembourg,
        "Europe/Rome" => Country::Italy,
        "Europe/Madrid" | "Atlantic/Canary" => Country::Spain,
        "Europe/Lisbon" => Country::Portugal,
        "Europe/London" => Country::UnitedKingdom,
        "Europe/Dublin" => Country::Ireland,
        "Europe/Copenhagen" => Country::Denmark,
        "Europe/Stockholm" => Country::Sweden,
        "Europe/Oslo" => Country::Norway,
        "Europe/Helsinki" => Country::Finland,
        "Europe/Warsaw" => Country::Poland,
        "Europe/Prague" => Country::Czechia,
        "Europe/Bratislava" => Country::Slovakia,
        "Europe/Ljubljana" => Country::Slovenia,
        "Europe/Zagreb" => Country::Croatia,
        "Europe/Bucharest" => Country::Romania,
        "Europe/Athens" => Country::Greece,
        "Pacific/Auckland" => Country::NewZealand,
        name if name.starts_with("America/Indiana/") => Country::UnitedStates,
        "America/New_York"
        | "America/Chicago"
        | "America/Denver"
        | "America/Phoenix"
        | "America/Los_Angeles"
        | "America/Detroit"
        | "Pacific/Honolulu" => Country::UnitedStates,
        "America/Toronto" | "America/Vancouver" | "America/Edmonton" => Country::Canada,
        name if name.starts_with("Australia/") => Country::Australia,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn check(zone: &str, from: Date, days: u32, expected: Date) {
        let zone = zone.parse().unwrap();
        assert_eq!(working_days_after(from, days, &zone), expected, "{from} + {days}");
    }

    #[test]
    fn weekends_and_holidays_do_not_count() {
        // Friday, the weekend, Monday.
        check("Europe/Berlin", date(2026, 6, 12), 1, date(2026, 6, 15));
        // Good Friday and Easter Monday of 2026.
        check("Europe/Berlin", date(2026, 4, 2), 1, date(2026, 4, 7));
        // Corpus Christi is kept in Austria, not in all of Germany.
        check("Europe/Vienna", date(2026, 6, 3), 1, date(2026, 6, 5));
        check("Europe/Berlin", date(2026, 6, 3), 1, date(2026, 6, 4));
        // Christmas, the weekend and New Year.
        check("Europe/Berlin", date(2026, 12, 23), 3, date(2026, 12, 29));
        check("Asia/Tokyo", date(2026, 6, 12), 3, date(2026, 6, 17));
    }

    #[test]
    fn a_case_is_due_by_the_clocks_of_its_site() {
        let zone: SiteZone = "America/Los_Angeles".parse().unwrap();
        // Still Thursday at the site.
        let since = "2026-06-12T03:00:00Z".parse().unwrap();

        assert_eq!(due(Stage::Signed, since, &zone), Some(date(2026, 6, 12)));
        assert_eq!(due(Stage::Live, since, &zone), None);
    }

    proptest::proptest! {
        #[test]
        fn a_due_day_is_a_working_day(offset in 0_i64..3_000, days in 1_u32..15) {
            let zone = "Europe/Berlin".parse().unwrap();
            let from = date(2024, 1, 1).saturating_add(Span::new().days(offset));

            let due = working_days_after(from, days, &zone);

            proptest::prop_assert!(works_on(due, &zone) && due > from);
        }
    }
}
