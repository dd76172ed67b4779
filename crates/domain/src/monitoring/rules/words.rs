//! Causes in words.

use super::InvertersOff;

/// A share as per cent, with the space that belongs before the sign.
pub(super) fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

/// Power with its unit, as exact as its size allows.
pub(super) fn kilowatts(watts: f64) -> String {
    if watts.abs() < 1000.0 {
        format!("{watts:.0}\u{a0}W")
    } else {
        format!("{:.1}\u{a0}kW", watts / 1000.0)
    }
}

/// Minutes as hours and minutes.
pub(super) fn minutes(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}\u{a0}minutes"),
        (1, 0) => "one hour".to_owned(),
        (hours, 0) => format!("{hours}\u{a0}hours"),
        (hours, rest) => format!("{hours}\u{a0}h {rest}\u{a0}min"),
    }
}

/// A count of days.
pub(super) fn days(count: usize) -> String {
    if count == 1 { "one day".to_owned() } else { format!("{count} days") }
}

/// Inverters that are off.
pub(super) fn inverters_off(inverters: InvertersOff) -> String {
    let InvertersOff { which, off, of } = inverters;
    let others = match of.saturating_sub(off) {
        1 => "The other one is normal.".to_owned(),
        others => format!("The other {} are normal.", number(others)),
    };
    match which {
        Some(which) => format!("Inverter {which} of {of} is off. {others}"),
        None => format!("{} of {of} inverters are off. {others}", capital(&number(off))),
    }
}

fn number(count: usize) -> String {
    const WORDS: [&str; 10] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    WORDS.get(count).map_or_else(|| count.to_string(), |word| (*word).to_owned())
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverters_are_counted_in_words() {
        let one = InvertersOff { which: Some(2), off: 1, of: 4 };
        let two = InvertersOff { which: None, off: 2, of: 12 };
        let pair = InvertersOff { which: Some(1), off: 1, of: 2 };

        assert_eq!(inverters_off(one), "Inverter 2 of 4 is off. The other three are normal.");
        assert_eq!(inverters_off(two), "Two of 12 inverters are off. The other 10 are normal.");
        assert_eq!(inverters_off(pair), "Inverter 1 of 2 is off. The other one is normal.");
    }
}
