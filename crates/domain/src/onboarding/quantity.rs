//! Capacities, ratings, angles, prices and days as people write them.

use jiff::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Problem;
use super::number::{read, short, typed};
use crate::units::{Currency, Money, PeakPower, Power, Price};

/// Above this a capacity without a unit was probably meant in watts (kWp).
const SUSPICIOUS_KWP: f64 = 2_000.0;

/// Above this a rating without a unit was probably meant in watts (kW).
const SUSPICIOUS_KW: f64 = 500.0;

/// The capacity of a roof face: `9,9 kWp`, `9900 Wp`, `9.9`.
pub(super) fn capacity(text: &str) -> Result<PeakPower, Problem> {
    let written = read(text)?;
    let kwp = match written.unit.as_str() {
        "wp" | "w" => written.value / 1_000.0,
        "mwp" | "mw" => written.value * 1_000.0,
        "" if written.value > SUSPICIOUS_KWP => {
            let meant = written.value / 1_000.0;
            return Err(Problem::new(format!(
                "{} kWp would be a power plant; were watts meant",
                typed(written.value)
            ))
            .suggest(format!("{} kWp", typed(meant))));
        }
        "" | "kwp" | "kw" => written.value,
        "kwh" | "wh" => {
            return Err(Problem::new("kWh is energy; the capacity is in kWp, such as 9.9 kWp"));
        }
        _ => {
            return Err(Problem::new(format!(
                "there is no unit “{}”; write kWp",
                short(&written.unit)
            )));
        }
    };
    if !(0.1..=100_000.0).contains(&kwp) {
        return Err(Problem::new("a roof face has between 0.1 and 100,000 kWp, such as 9.9 kWp"));
    }
    PeakPower::from_kwp(kwp).map_err(|error| Problem::new(error.to_string()))
}

/// The rating of an inverter, or a limit of feed-in: `8 kW`, `8000 W`.
pub(super) fn power(text: &str) -> Result<Power, Problem> {
    let written = read(text)?;
    let kw = match written.unit.as_str() {
        "w" | "va" => written.value / 1_000.0,
        "mw" => written.value * 1_000.0,
        "" if written.value > SUSPICIOUS_KW => {
            let meant = typed(written.value / 1_000.0);
            return Err(Problem::new(format!(
                "{} kW is a great deal for one inverter; were watts meant",
                typed(written.value)
            ))
            .suggest(format!("{meant} kW")));
        }
        "" | "kw" | "kva" => written.value,
        _ => {
            return Err(Problem::new(format!(
                "there is no unit “{}”; write kW",
                short(&written.unit)
            )));
        }
    };
    if !(0.0..=100_000.0).contains(&kw) {
        return Err(Problem::new("power is between 0 and 100,000 kW, such as 8 kW"));
    }
    Ok(Power::from_watts_rounded(kw * 1_000.0))
}

/// Degrees from the horizontal.
pub(super) fn tilt(text: &str) -> Result<f64, Problem> {
    let written = degrees(text)?;
    if (0.0..=90.0).contains(&written) {
        Ok(written)
    } else {
        Err(Problem::new("a tilt lies between 0° (flat) and 90° (a wall), such as 30"))
    }
}

/// Degrees clockwise from north, or a word such as `south-west`.
pub(super) fn azimuth(text: &str) -> Result<f64, Problem> {
    let word: String = text.to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    if let Some(degrees) = compass(&word) {
        return Ok(degrees);
    }
    let written = degrees(text)?;
    if (0.0..=360.0).contains(&written) {
        return Ok(written.rem_euclid(360.0));
    }
    let problem =
        Problem::new("a direction counts clockwise from north: 90 is east, 180 south, 270 west");
    // Some count from south, west positive.
    if (-180.0..0.0).contains(&written) {
        return Err(problem.suggest(typed(written + 180.0)));
    }
    Err(problem)
}

fn compass(word: &str) -> Option<f64> {
    Some(match word {
        "north" | "n" => 0.0,
        "northeast" | "ne" => 45.0,
        "east" | "e" => 90.0,
        "southeast" | "se" => 135.0,
        "south" | "s" => 180.0,
        "southwest" | "sw" => 225.0,
        "west" | "w" => 270.0,
        "northwest" | "nw" => 315.0,
        _ => return None,
    })
}

fn degrees(text: &str) -> Result<f64, Problem> {
    let written = read(text)?;
    match written.unit.as_str() {
        "" | "°" | "deg" | "degrees" | "grad" => Ok(written.value),
        "%" => Err(Problem::new("write degrees; a slope of 100 % is 45°")),
        _ => Err(Problem::new(format!("there is no unit “{}”; write degrees", short(text)))),
    }
}

/// What a kilowatt-hour is worth: `0.21`, `21 ct`, `€0,21/kWh`, `$0.14`.
pub(super) fn price(text: &str) -> Result<Price, Problem> {
    let currency = if text.contains('$') || text.to_lowercase().contains("usd") {
        Currency::Usd
    } else {
        Currency::Eur
    };
    let written = read(text)?;
    let unit =
        written.unit.trim_end_matches("/kwh").trim_end_matches("perkwh").trim_end_matches("jekwh");
    let amount = match unit {
        "" | "€" | "$" | "eur" | "usd" | "euro" => written.value,
        "ct" | "c" | "cent" | "cents" => written.value / 100.0,
        _ => return Err(Problem::new("write it like 0.21 or 21 ct")),
    };
    if amount > 2.0 {
        return Err(Problem::new(format!(
            "{} for a kilowatt-hour is a great deal; were cents meant",
            typed(amount)
        ))
        .suggest(typed(amount / 100.0)));
    }
    if !(0.0..=2.0).contains(&amount) {
        return Err(Problem::new("a kilowatt-hour is worth between 0 and 2, such as 0.21"));
    }
    let amount = Decimal::try_from(amount).map_err(|_| Problem::new("write it like 0.21"))?;
    Ok(Price::per_kwh(Money { amount: amount.round_dp(5), currency }))
}

/// A day: `2026-06-12`, `12.06.2026`, `12/6/2026`, `12 June 2026`.
pub(super) fn day(text: &str) -> Result<Date, Problem> {
    let odd = || Problem::new("write a day like 12 June 2026 or 2026-06-12");
    let text = text.trim();
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date);
    }
    let parts: Vec<&str> =
        text.split(['.', '/', '-', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let [day, month, year] = parts.as_slice() else { return Err(odd()) };
    let month = month.parse::<i8>().ok().or_else(|| month_of(month)).ok_or_else(odd)?;
    let day: i8 = day.parse().map_err(|_| odd())?;
    let year: i16 = year.parse().map_err(|_| odd())?;
    let year = if (0..100).contains(&year) { year + 2_000 } else { year };
    Date::new(year, month, day)
        .map_err(|_| Problem::new(format!("there is no day “{}”", short(text))))
}

fn month_of(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = word.to_lowercase().chars().take(3).collect::<String>();
    let position = MONTHS.iter().position(|month| *month == start)?;
    i8::try_from(position + 1).ok()
}

/// The day of a contract: not in the future, not before there were any.
pub(super) fn past_day(text: &str, today: Date) -> Result<Date, Problem> {
    let date = day(text)?;
    if date > today.saturating_add(Span::new().days(1)) {
        return Err(Problem::new("this day is still to come"));
    }
    if date.year() < 1990 {
        return Err(Problem::new("this is longer ago than there have been solar sites"));
    }
    Ok(date)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn refused<T: std::fmt::Debug>(read: Result<T, Problem>, suggestion: Option<&str>) {
        let problem = read.unwrap_err();
        assert_eq!(problem.suggestion.as_deref(), suggestion, "{problem:?}");
        assert!(!problem.message.ends_with('.'));
    }

    #[test]
    fn capacities_in_all_spellings() {
        for text in ["9.9", "9,9 kWp", "9900 Wp", "9 900 W", "0,0099 MWp"] {
            assert_eq!(capacity(text).unwrap().wp(), 9_900, "{text}");
        }
        refused(capacity("9900"), Some("9.9 kWp"));
        refused(capacity("9,9 kWh"), None);
        refused(capacity("9,9 PS"), None);
        refused(capacity("-3"), None);
        refused(capacity("<script>alert(1)</script>"), None);
        refused(capacity(""), None);
    }

    #[test]
    fn watts_for_kilowatts_are_suspected() {
        assert_eq!(power("8 kW").unwrap().watts(), 8_000);
        assert_eq!(power("8000 W").unwrap().watts(), 8_000);
        refused(power("8000"), Some("8 kW"));
    }

    #[test]
    fn directions_are_words_or_degrees_from_north() {
        assert!((azimuth("south-west").unwrap() - 225.0).abs() < 1e-9);
        assert!((azimuth("W").unwrap() - 270.0).abs() < 1e-9);
        assert!((azimuth("360°").unwrap()).abs() < 1e-9);
        refused(azimuth("-45"), Some("135"));
        refused(azimuth("400"), None);
        refused(tilt("120"), None);
        refused(tilt("30 %"), None);
    }

    #[test]
    fn prices_in_euro_and_cents() {
        let amount = |text: &str| price(text).unwrap().of_one_kwh();
        assert_eq!(amount("21 ct").amount, Decimal::new(21, 2));
        assert_eq!(amount("0,21 €/kWh").amount, Decimal::new(21, 2));
        assert_eq!(amount("$0.14").currency, Currency::Usd);
        refused(price("21"), Some("0.21"));
        refused(price("-0.2"), None);
    }

    #[test]
    fn days_as_people_write_them() {
        for text in ["2026-06-12", "12.06.2026", "12/6/2026", "12 June 2026", "12. Jun 26"] {
            assert_eq!(day(text).unwrap(), date(2026, 6, 12), "{text}");
        }
        refused(day("31.02.2026"), None);
        refused(day("yesterday"), None);
        refused(past_day("2026-07-01", date(2026, 6, 12)), None);
    }
}
