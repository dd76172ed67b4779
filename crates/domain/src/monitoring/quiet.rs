use jiff::{SignedDuration, Timestamp, ToSpan};

use super::{AnomalyKind, Detection, Dismissal};
use crate::fleet::SiteId;
use crate::ids::uuid_id;
use crate::time::SiteZone;
use crate::units::Energy;

uuid_id! {
    /// Which quiet pattern.
    QuietPatternId
}

/// Hours of the local day, from the start of one up to the start of another.
/// They may go past midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalHours {
    from: i8,
    to: i8,
}

/// Why hours were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("hours go from 0 to 24, and the first differs from the last")]
pub struct LocalHoursError;

impl LocalHours {
    /// From the start of hour `from` (0 to 23) up to the start of hour `to`
    /// (1 to 24).
    pub const fn new(from: i8, to: i8) -> Result<Self, LocalHoursError> {
        let fits = 0 <= from && from <= 23 && 1 <= to && to <= 24 && from != to;
        if fits { Ok(Self { from, to }) } else { Err(LocalHoursError) }
    }

    /// The first hour.
    #[must_use]
    pub const fn from(self) -> i8 {
        self.from
    }

    /// The hour before whose start they end.
    #[must_use]
    pub const fn to(self) -> i8 {
        self.to
    }

    /// How long they are on a day without a change of the clocks.
    fn length(self) -> SignedDuration {
        SignedDuration::from_hours(i64::from((self.to - self.from).rem_euclid(24)))
    }

    /// When they end, for an instant that lies in them by the clocks of a zone.
    #[must_use]
    pub fn end(self, at: Timestamp, zone: &SiteZone) -> Option<Timestamp> {
        let local = zone.local(at);
        if !self.hold(local.hour()) {
            return None;
        }
        // Hours past midnight that began the evening before end today.
        let days = i64::from(self.to <= local.hour() || self.to == 24);
        let day = local.date().saturating_add(days.days());
        let end = zone.instant(day.at(self.to % 24, 0, 0, 0));
        // Where the clocks show the end twice, the first may be past.
        Some(if end > at { end } else { end + SignedDuration::from_hours(1) })
    }

    fn hold(self, hour: i8) -> bool {
        if self.from < self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }
}

/// What a dismissal taught: this kind at this site is known, and nobody needs
/// to hear of it again while it is no worse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuietPattern {
    /// Which.
    pub id: QuietPatternId,
    /// At which site.
    pub site: SiteId,
    /// Which kind.
    pub kind: AnomalyKind,
    /// Why it is known.
    pub why: Dismissal,
    /// Only what begins and stays within these hours of the local day.
    pub hours: Option<LocalHours>,
    /// Until when this holds; for ever without.
    pub until: Option<Timestamp>,
    /// Loss per day up to which it is the same pattern. More of the same kind
    /// is something else on top, such as a string that failed under known
    /// shade.
    pub most_per_day: Energy,
}

impl QuietPattern {
    /// The loss per day that a pattern covers, by that of the anomaly from
    /// which it was learned: half as much again, since the same shade costs
    /// more on a clearer day and in a longer season, and 2 kWh at least, below
    /// which no loss is worth a visit.
    #[must_use]
    pub fn covering(lost_per_day: Energy) -> Energy {
        Energy::from_wh((lost_per_day.wh().saturating_mul(3) / 2).max(2_000))
    }

    /// Whether it covers a detection at its site, as seen at an instant.
    #[must_use]
    pub fn covers(&self, detection: &Detection, at: Timestamp, zone: &SiteZone) -> bool {
        let finding = &detection.finding;
        let (since, end) = (finding.since, detection.until.unwrap_or(at));
        let within = |hours: LocalHours| {
            // One hour more, for the day on which the clocks go back.
            let short = end.duration_since(since) <= hours.length() + SignedDuration::from_hours(1);
            let holds = |at| hours.hold(zone.local(at).hour());
            // What ends on the hour ended before it.
            short && holds(since) && holds(end.max(since + TICK) - TICK)
        };
        finding.kind == self.kind
            && self.until.is_none_or(|until| since < until)
            && finding.lost_per_day <= self.most_per_day
            && self.hours.is_none_or(within)
    }
}

/// The shortest time that matters here.
const TICK: SignedDuration = SignedDuration::from_secs(1);

/// Whether a detection at a site is a known pattern there, as seen at an
/// instant. `patterns` are those of the site.
#[must_use]
pub fn is_quiet(
    patterns: &[QuietPattern],
    detection: &Detection,
    at: Timestamp,
    zone: &SiteZone,
) -> bool {
    patterns.iter().any(|pattern| pattern.covers(detection, at, zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::testing::detection;
    use proptest::prelude::*;

    fn pattern(hours: Option<(i8, i8)>, until: Option<&str>) -> QuietPattern {
        QuietPattern {
            id: uuid::Uuid::nil().into(),
            site: 1.into(),
            kind: AnomalyKind::Underperformance,
            why: Dismissal::KnownShading,
            hours: hours.map(|(from, to)| LocalHours::new(from, to).unwrap()),
            until: until.map(|until| until.parse().unwrap()),
            most_per_day: Energy::from_wh(6_000),
        }
    }

    /// Berlin is two hours ahead of UTC in June.
    fn check(pattern: &QuietPattern, since: &str, at: &str, expected: bool) {
        let mut seen = detection(AnomalyKind::Underperformance, since);
        seen.finding.lost_per_day = Energy::from_wh(4_000);
        let zone = "Europe/Berlin".parse().unwrap();

        let quiet = is_quiet(std::slice::from_ref(pattern), &seen, at.parse().unwrap(), &zone);

        assert_eq!(quiet, expected, "since {since}, seen {at}");
    }

    #[test]
    fn a_pattern_without_hours_holds_all_day_until_its_end() {
        let all_day = pattern(None, Some("2026-07-01T00:00:00Z"));

        check(&all_day, "2026-06-12T08:00:00Z", "2026-06-20T08:00:00Z", true);
        check(&all_day, "2026-07-02T08:00:00Z", "2026-07-02T09:00:00Z", false);
    }

    #[test]
    fn what_outlasts_the_hours_is_no_longer_the_pattern() {
        let afternoon = pattern(Some((15, 18)), None);

        check(&afternoon, "2026-06-12T13:15:00Z", "2026-06-12T14:00:00Z", true);
        check(&afternoon, "2026-06-12T13:15:00Z", "2026-06-12T16:00:00Z", true);
        check(&afternoon, "2026-06-12T13:15:00Z", "2026-06-12T17:00:00Z", false);
        check(&afternoon, "2026-06-12T09:00:00Z", "2026-06-12T14:00:00Z", false);
        check(&afternoon, "2026-06-12T13:15:00Z", "2026-06-13T13:30:00Z", false);
    }

    #[test]
    fn hours_may_go_past_midnight() {
        let night = pattern(Some((22, 4)), None);

        check(&night, "2026-06-12T20:30:00Z", "2026-06-13T01:00:00Z", true);
        check(&night, "2026-06-12T10:30:00Z", "2026-06-12T11:00:00Z", false);
    }

    #[test]
    fn another_kind_and_a_much_larger_loss_are_not_covered() {
        let zone = SiteZone::utc();
        let at: Timestamp = "2026-06-12T12:00:00Z".parse().unwrap();
        let shade = pattern(None, None);
        let outage = detection(AnomalyKind::Outage, "2026-06-12T08:00:00Z");
        let mut more = detection(AnomalyKind::Underperformance, "2026-06-12T08:00:00Z");
        more.finding.lost_per_day = Energy::from_wh(6_001);

        assert!(!shade.covers(&outage, at, &zone));
        assert!(!shade.covers(&more, at, &zone));
    }

    proptest! {
        #[test]
        fn more_patterns_never_make_anything_loud(
            from in 0_i8..24, length in 1_i8..24, minutes in 0_i64..1_440, lasts in 0_i64..2_000,
        ) {
            let start: Timestamp = "2026-06-12T00:00:00Z".parse().unwrap();
            let since = start + SignedDuration::from_mins(minutes);
            let seen = detection(AnomalyKind::Underperformance, &since.to_string());
            let at = since + SignedDuration::from_mins(lasts);
            let to = (from + length).rem_euclid(24);
            let hours = LocalHours::new(from, if to == 0 { 24 } else { to }).ok();
            let with_hours = QuietPattern { hours, ..pattern(None, None) };
            let without = QuietPattern { hours: None, ..with_hours.clone() };
            let zone = SiteZone::utc();

            let narrow = is_quiet(std::slice::from_ref(&with_hours), &seen, at, &zone);
            let both = is_quiet(&[with_hours, without], &seen, at, &zone);

            prop_assert!(!narrow || both);
        }
    }
}
