use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use super::Interval;

/// The time zone of a site, by its IANA name. Days belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteZone(TimeZone);

/// Why a zone was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone “{0}”; write an IANA name such as Europe/Berlin")]
pub struct UnknownZone(String);

impl std::str::FromStr for SiteZone {
    type Err = UnknownZone;
    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        if zone.iana_name().is_some() { Ok(Self(zone)) } else { Err(UnknownZone(name.to_owned())) }
    }
}

impl SiteZone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The instant as the clocks at the site show it.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.0.clone())
    }

    /// The local day in which the instant falls.
    #[must_use]
    pub fn day(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    /// The instant at which the clocks at the site show this. Where they show
    /// it twice, the first time; where never, as much later as they jump.
    #[must_use]
    pub fn instant(&self, local: DateTime) -> Timestamp {
        let zoned = self.0.to_ambiguous_zoned(local).compatible();
        zoned.map_or(Timestamp::MIN, |zoned| zoned.timestamp())
    }

    /// First instant of a local day. Where midnight does not exist because the
    /// clocks go forward over it, the first instant that does.
    #[must_use]
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.instant(day.at(0, 0, 0, 0))
    }

    /// First instant of the following local day.
    #[must_use]
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.start_of(day.saturating_add(1.day()))
    }

    /// The intervals of a local day: 96, but 92 or 100 on the days of the
    /// clock change.
    #[must_use]
    pub fn intervals_of(
        &self,
        day: Date,
    ) -> impl DoubleEndedIterator<Item = Interval> + Clone + use<> {
        Interval::containing(self.start_of(day)).until(Interval::containing(self.end_of(day)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn berlin() -> SiteZone {
        "Europe/Berlin".parse().unwrap()
    }

    fn check(zone: &SiteZone, day: Date, intervals: usize) {
        assert_eq!(zone.intervals_of(day).count(), intervals, "{day}");
        assert!(zone.intervals_of(day).all(|interval| zone.day(interval.start()) == day));
    }

    #[test]
    fn both_days_of_the_clock_change_have_their_own_length() {
        check(&berlin(), date(2026, 3, 28), 96);
        check(&berlin(), date(2026, 3, 29), 92);
        check(&berlin(), date(2026, 10, 25), 100);
        check(&"America/Los_Angeles".parse().unwrap(), date(2016, 3, 13), 92);
        check(&"America/Los_Angeles".parse().unwrap(), date(2016, 11, 6), 100);
    }

    #[test]
    fn a_day_without_midnight_starts_when_it_can() {
        let beirut: SiteZone = "Asia/Beirut".parse().unwrap();

        let start = beirut.start_of(date(2022, 3, 27));

        assert_eq!(beirut.local(start).hour(), 1);
    }

    #[test]
    fn an_unknown_zone_is_refused_with_an_example() {
        let error = "Europe/Berlyn".parse::<SiteZone>().unwrap_err();

        assert!(error.to_string().contains("Europe/Berlin"));
    }
}
