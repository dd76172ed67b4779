use jiff::Timestamp;
use jiff::civil::Date;

use crate::fleet::SiteDetails;
use crate::monitoring::Finding;
use crate::monitoring::expected::Expected;
use crate::time::Interval;

/// One quarter hour of a site, beside what was expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Which quarter hour.
    pub interval: Interval,
    /// What was expected, in Wh.
    pub expected: Expected,
    /// Whether the region's sites told the sky.
    pub told: bool,
    /// What was produced in the covered part, in Wh.
    pub produced_wh: f64,
    /// Seconds that readings cover, 0 to 900.
    pub covered_s: i16,
    /// Readings left out as inconsistent.
    pub left_out: i16,
}

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
    /// The present instant.
    pub now: Timestamp,
    /// All quarter hours from local midnight two days ago to the end of today,
    /// without holes.
    pub points: &'a [Point],
    /// DC capacity over a quarter hour, Wh.
    pub capacity_wh: f64,
    /// Newest reading, also from before the points.
    pub last_reading: Option<Timestamp>,
    /// Production in per cent of expected for each of the last 30 days up to
    /// yesterday, oldest first.
    pub daily_index: &'a [Option<i16>],
    /// What was found last time.
    pub before: Option<&'a Finding>,
    /// What the devices say of themselves, where anybody asked.
    pub inverters: Option<InvertersOff>,
}

/// Coverage from which on a quarter hour can be judged: two of its three five
/// minutes.
const COVERED_S: i16 = 600;

impl Point {
    /// Production had the whole interval been covered, Wh; `None` when too
    /// little of it was.
    pub(super) fn actual(&self) -> Option<f64> {
        (self.covered_s >= COVERED_S)
            .then(|| self.produced_wh * f64::from(Self::WHOLE_S) / f64::from(self.covered_s))
    }

    const WHOLE_S: i16 = 900;

    /// Half the width of the range as a share of what was expected.
    pub(super) fn doubt(&self) -> f64 {
        if self.expected.wh > 0.0 {
            (self.expected.wh - self.expected.low) / self.expected.wh
        } else {
            1.0
        }
    }
}

impl<'a> Case<'a> {
    /// Points that are over, oldest first.
    pub(super) fn past(&self) -> &'a [Point] {
        let current = Interval::containing(self.now);
        let end = self.points.partition_point(|point| point.interval < current);
        &self.points[..end]
    }

    /// Points that can be judged, with their production, oldest first.
    pub(super) fn judged(&self) -> impl DoubleEndedIterator<Item = (&'a Point, f64)> + use<'a> {
        self.past().iter().filter_map(|point| Some((point, point.actual()?)))
    }

    /// Whether this much is expected that production can be told from noise:
    /// a tenth of the capacity.
    pub(super) fn is_bright(&self, point: &Point) -> bool {
        point.expected.wh >= 0.1 * self.capacity_wh
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

    /// The local day of a point.
    pub(super) fn day_of(&self, point: &Point) -> Date {
        self.site.zone.day(point.interval.start())
    }

    /// The first instant of the points.
    pub(super) fn first(&self) -> Timestamp {
        self.points.first().map_or(self.now, |point| point.interval.start())
    }

    /// The hour on the clock at the site, 0 to 23.
    pub(super) fn hour_of(&self, point: &Point) -> i8 {
        self.site.zone.local(point.interval.start()).hour()
    }

    /// How long a loss that fills the points lasts already: further back by the
    /// days whose index shows it, or since what was known before.
    ///
    /// `since` is when it begins within the points, `days` the local days
    /// before it that still look alike.
    pub(super) fn began(
        &self,
        kind: super::AnomalyKind,
        since: Timestamp,
        reaches_back: bool,
    ) -> Timestamp {
        match self.before {
            Some(before) if before.kind == kind && reaches_back => before.since.min(since),
            _ => since,
        }
    }

    /// Days before the points on which production stayed below a share of
    /// expected without a break, counted back from the first point.
    pub(super) fn low_days_before(&self, share: f64) -> usize {
        let limit = share * 100.0;
        // The last two entries are days of the points themselves.
        let older = self.daily_index.len().saturating_sub(2);
        let mut low = 0;
        for (back, index) in self.daily_index[..older].iter().rev().enumerate() {
            match index {
                Some(index) if f64::from(*index) <= limit => low = back + 1,
                Some(_) => break,
                None => {}
            }
        }
        low
    }

    /// What was lost before the points began, at so much a day.
    pub(super) fn lost_before(&self, since: Timestamp, per_day_wh: f64) -> f64 {
        let seconds = self.first().duration_since(since).as_secs_f64();
        (seconds / 86_400.0).max(0.0) * per_day_wh
    }
}
