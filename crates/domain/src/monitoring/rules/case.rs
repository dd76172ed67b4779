use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Point, Thresholds};
use crate::fleet::SiteDetails;
use crate::monitoring::{AnomalyKind, Baseline, DayIndex, DaySummary, Tracked};
use crate::time::Interval;

/// Inverters that are off while others of the same site produce.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvertersOff {
    /// Which is off, counted from 1, when it is a single one.
    pub which: Option<usize>,
    /// How many are off.
    pub off: usize,
    /// How many there are.
    pub of: usize,
}

/// Everything by which a site is judged.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The site.
    pub site: &'a SiteDetails,
    /// What it has shown it can do.
    pub baseline: &'a Baseline,
    /// The present instant, by the clock of the readings.
    pub now: Timestamp,
    /// All quarter hours from local midnight two days ago to the end of today,
    /// without holes.
    pub points: &'a [Point],
    /// Where in the points each of their local days begins, and after the last
    /// of them their end.
    pub midnights: &'a [usize],
    /// DC capacity over a quarter hour, Wh.
    pub capacity_wh: f64,
    /// Newest reading, also from before the points.
    pub last_reading: Option<Timestamp>,
    /// The days before today, oldest first.
    pub days: &'a [DaySummary],
    /// The same days against the baseline, as far as they can be compared.
    pub indices: &'a [DayIndex],
    /// When the newest slow loss ended, within the days.
    pub washed: Option<Timestamp>,
    /// When the newest loss of a share ended, within the days.
    pub repaired: Option<Timestamp>,
    /// What is open, and what ended lately.
    pub tracked: &'a [Tracked],
    /// What the devices say of themselves, where anybody asked.
    pub inverters: Option<InvertersOff>,
    /// By which values the rules decide.
    pub thresholds: &'a Thresholds,
}

impl<'a> Case<'a> {
    /// Points that are over, oldest first.
    pub(super) fn past(&self) -> &'a [Point] {
        let current = Interval::containing(self.now);
        let end = self.points.partition_point(|point| point.interval < current);
        &self.points[..end]
    }

    /// Points that began, the present one included.
    pub(super) fn begun(&self) -> &'a [Point] {
        let end = self.points.partition_point(|point| point.interval.start() < self.now);
        &self.points[..end]
    }

    /// Expected energy of a day like the last 24 hours, Wh.
    pub(super) fn day_wh(&self) -> f64 {
        self.last_day().iter().map(|point| point.expected.wh).sum()
    }

    /// The points of the last 24 hours.
    pub(super) fn last_day(&self) -> &'a [Point] {
        let past = self.past();
        let day = usize::try_from(Interval::PER_DAY).unwrap_or(0);
        &past[past.len().saturating_sub(day)..]
    }

    /// The points of each local day as far as they are over, oldest first.
    pub(super) fn by_day(&self) -> impl DoubleEndedIterator<Item = &'a [Point]> + use<'a> {
        let past = self.past();
        self.midnights
            .windows(2)
            .map(move |day| &past[day[0].min(past.len())..day[1].min(past.len())])
    }

    /// All points of the present local day.
    pub(super) fn whole_today(&self) -> &'a [Point] {
        let days = self.midnights.len();
        let from = days.checked_sub(2).map_or(0, |at| self.midnights[at]);
        self.points.get(from..).unwrap_or_default()
    }

    /// The points of the present local day that are over.
    pub(super) fn today(&self) -> &'a [Point] {
        let current = Interval::containing(self.now);
        let today = self.whole_today();
        &today[..today.partition_point(|point| point.interval < current)]
    }

    /// The local day of a point.
    pub(super) fn day_of(&self, point: &Point) -> Date {
        self.site.zone.day(point.interval.start())
    }

    /// The first instant of the points.
    pub(super) fn first(&self) -> Timestamp {
        self.points.first().map_or(self.now, |point| point.interval.start())
    }

    /// What is open of a kind.
    pub(super) fn open(&self, kind: AnomalyKind) -> Option<&'a Tracked> {
        self.tracked.iter().find(|known| known.kind() == kind && known.is_open())
    }

    /// When a stretch began that fills the points from their start: as known,
    /// if it was open then already.
    pub(super) fn began(&self, kind: AnomalyKind, since: Timestamp) -> Timestamp {
        let reaches_back = since <= self.first() + SignedDuration::from_hours(18);
        match self.open(kind) {
            Some(known) if reaches_back => known.since().min(since),
            _ => since,
        }
    }

    /// What was lost before the points began, at so much a day.
    pub(super) fn lost_before(&self, since: Timestamp, per_day_wh: f64) -> f64 {
        let seconds = self.first().duration_since(since).as_secs_f64();
        (seconds / 86_400.0).max(0.0) * per_day_wh
    }

    /// Expected energy of the points between two instants, Wh.
    pub(super) fn expected_between(&self, from: Timestamp, to: Timestamp) -> f64 {
        let inside = |point: &&Point| {
            let start = point.interval.start();
            start >= from && start < to
        };
        self.past().iter().filter(inside).map(|point| point.expected.wh).sum()
    }
}
