use jiff::{SignedDuration, Timestamp};

use crate::fleet::DeviceSerial;

/// An inverter in a vendor's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedInverter {
    /// Its serial number.
    pub serial: DeviceSerial,
    /// Whether it still works there.
    pub active: bool,
    /// When it began to, where the list tells.
    pub since: Option<Timestamp>,
    /// When it ended, where the list tells.
    pub until: Option<Timestamp>,
}

/// One inverter that took the place of another. What the old one counted ends,
/// and the new one counts from its own beginning; the site's energy goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The one that is gone.
    pub old: DeviceSerial,
    /// The one in its place.
    pub new: DeviceSerial,
    /// When.
    pub at: Timestamp,
}

/// How far apart the end of one and the begin of the next may be: installers
/// wait for parts.
const APART: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The inverters that took the place of others between two looks at a vendor's
/// list. Lists with dates tell of replacements before the first look too; of
/// others the first look tells only what is there.
#[must_use]
pub fn replacements(
    before: &[ListedInverter],
    after: &[ListedInverter],
    now: Timestamp,
) -> Vec<Replacement> {
    let known = |serial: &DeviceSerial| before.iter().find(|it| it.serial == *serial);
    let is_new = |it: &&ListedInverter| !before.is_empty() && known(&it.serial).is_none();
    let went = |it: &&ListedInverter| known(&it.serial).is_some_and(|known| known.active);
    let missing = before
        .iter()
        .filter(|it| it.active && !after.iter().any(|listed| listed.serial == it.serial));
    let gone: Vec<&ListedInverter> = after.iter().filter(|it| !it.active).chain(missing).collect();
    let mut free: Vec<&ListedInverter> = after.iter().filter(|it| it.active).collect();
    let mut found = Vec::new();
    for old in gone {
        let follows = |new: &&ListedInverter| match (old.until, new.since) {
            (Some(until), Some(since)) => since.duration_since(until).abs() <= APART,
            _ => went(&old) && is_new(new),
        };
        let Some(place) = free.iter().position(follows) else { continue };
        let new = free.swap_remove(place);
        let at = new.since.or(old.until).unwrap_or(now);
        found.push(Replacement { old: old.serial.clone(), new: new.serial.clone(), at });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i8) -> Timestamp {
        format!("2026-06-{day:02}T10:00:00Z").parse().unwrap()
    }

    fn inverter(serial: &str, active: bool, days: (Option<i8>, Option<i8>)) -> ListedInverter {
        ListedInverter {
            serial: serial.parse().unwrap(),
            active,
            since: days.0.map(at),
            until: days.1.map(at),
        }
    }

    fn undated(serial: &str, active: bool) -> ListedInverter {
        inverter(serial, active, (None, None))
    }

    fn check(before: &[ListedInverter], after: &[ListedInverter], expected: &[(&str, &str, i8)]) {
        let found = replacements(before, after, at(20));
        let found: Vec<_> =
            found.iter().map(|it| (it.old.as_str(), it.new.as_str(), it.at)).collect();
        let expected: Vec<_> = expected.iter().map(|(a, b, day)| (*a, *b, at(*day))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_list_with_dates_tells_when_one_took_the_place_of_another() {
        let list = [
            inverter("old", false, (Some(1), Some(10))),
            inverter("other", true, (Some(1), None)),
            inverter("new", true, (Some(12), None)),
        ];
        check(&[], &list, &[("old", "new", 12)]);
        check(&list, &list, &[("old", "new", 12)]);
    }

    #[test]
    fn without_dates_it_is_what_changed_between_two_looks() {
        let before = [undated("old", true), undated("other", true)];
        let inactive = [undated("old", false), undated("other", true), undated("new", true)];
        let missing = [undated("other", true), undated("new", true)];

        check(&[], &inactive, &[]);
        check(&before, &inactive, &[("old", "new", 20)]);
        check(&before, &missing, &[("old", "new", 20)]);
    }

    #[test]
    fn one_more_or_one_less_is_no_replacement() {
        let one = [undated("a", true)];
        let two = [undated("a", true), undated("b", true)];
        check(&one, &two, &[]);
        check(&two, &one, &[]);
        let long_after =
            [inverter("old", false, (None, Some(1))), inverter("new", true, (Some(15), None))];
        check(&[], &long_after, &[]);
    }
}
