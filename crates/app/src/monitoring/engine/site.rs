use std::collections::BTreeSet;
use std::sync::Arc;

use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel};
use greengrid_domain::monitoring::rules::{
    Case, InvertersOff, Point, Slot, Steady, Thresholds, find_own_clear_sky,
};
use greengrid_domain::monitoring::{
    AnomalyId, AnomalyKind, Baseline, DayIndex, DaySummary, IntervalActual, Tracked,
};
use greengrid_domain::time::Interval;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::RegionSky;
use crate::monitoring::anomalies::AnomalyRecord;

/// Local days in the window before today.
const DAYS_BEFORE: i32 = 2;

/// Quarter hours around one whose sky changed that are drawn by it.
const USED: usize = 6;
const REACH: i64 = 6;

/// A site with its last days, and what is known of it.
#[derive(Debug)]
pub(crate) struct SiteWatch {
    pub(crate) site: Arc<Site>,
    /// Its position in the engine.
    pub(crate) place: usize,
    pub(crate) model: SiteModel,
    /// First interval of the window: local midnight two days ago.
    pub(crate) from: Interval,
    /// Up to the end of today.
    pub(crate) slots: Vec<Slot>,
    /// The slots beside what was expected of them, as far as they are drawn.
    points: Vec<Point>,
    /// Where its days begin among the slots, and where they end.
    midnights: Vec<usize>,
    /// What the rules that look at days said, and in which hour.
    pub(super) steady: Option<(i64, Steady)>,
    /// Places of points to be drawn anew, from and to.
    stale: std::ops::Range<usize>,
    /// Up to which interval points were drawn as past.
    drawn: Interval,
    pub(crate) today: Date,
    /// What the days before today taught, oldest first.
    pub(crate) days: Vec<DaySummary>,
    /// The same against the baseline.
    pub(crate) indices: Vec<DayIndex>,
    /// What is open or ended lately.
    pub(crate) tracked: Vec<Tracked>,
    /// Days summed up anew since they were saved last.
    pub(crate) unsaved: BTreeSet<Date>,
    /// Whether the baseline was learned since it was saved last.
    pub(crate) learned: bool,
    /// When work is planned, from and to.
    pub(crate) planned: Vec<(Timestamp, Timestamp)>,
    /// Stretches in which days taught less or nothing, also long past.
    pub(crate) stretches: Vec<Stretch>,
    /// Newest reading from before the window.
    pub(crate) heard_before: Option<Timestamp>,
    pub(crate) inverters: Option<InvertersOff>,
    /// Whether something changed since it was judged last.
    pub(crate) touched: bool,
}

/// When something was wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) of: AnomalyId,
    pub(crate) kind: AnomalyKind,
    pub(crate) since: Timestamp,
    pub(crate) until: Option<Timestamp>,
}

impl Stretch {
    /// The stretch of an anomaly as stored.
    pub(crate) const fn of(open: &AnomalyRecord) -> Self {
        Self { of: open.id, kind: open.kind, since: open.since, until: open.until }
    }
}

impl SiteWatch {
    pub(crate) fn new(
        site: Arc<Site>,
        place: usize,
        now: Timestamp,
        mut sun: impl FnMut(Interval) -> IntervalSun,
    ) -> Self {
        let model = SiteModel::new(&site.details, Baseline::untrained(site.id));
        let today = site.details.zone.day(now);
        let mut watch = Self {
            site,
            place,
            model,
            from: Interval::from_index(0),
            slots: Vec::new(),
            points: Vec::new(),
            midnights: Vec::new(),
            steady: None,
            stale: 0..0,
            drawn: Interval::from_index(0),
            today,
            days: Vec::new(),
            indices: Vec::new(),
            tracked: Vec::new(),
            unsaved: BTreeSet::new(),
            learned: false,
            planned: Vec::new(),
            stretches: Vec::new(),
            heard_before: None,
            inverters: None,
            touched: true,
        };
        watch.open_window(&mut sun);
        watch
    }

    /// Moves the window to a day.
    pub(crate) fn move_to(&mut self, today: Date, mut sun: impl FnMut(Interval) -> IntervalSun) {
        self.heard_before = self.last_reading();
        self.today = today;
        self.open_window(&mut sun);
        self.touched = true;
    }

    fn open_window(&mut self, sun: &mut impl FnMut(Interval) -> IntervalSun) {
        let zone = &self.site.details.zone;
        let first = self.today.saturating_sub(DAYS_BEFORE.days());
        let from = Interval::containing(zone.start_of(first));
        let end = Interval::containing(zone.end_of(self.today));
        let slots = from
            .until(end)
            .map(|interval| {
                self.slot(interval).copied().unwrap_or_else(|| Slot {
                    clear: self.model.clear_sky(&sun(interval)),
                    ..Slot::default()
                })
            })
            .collect();
        self.slots = slots;
        self.from = from;
        let days = (0..=DAYS_BEFORE + 1).map(|day| first.saturating_add(day.days()));
        let zone = &self.site.details.zone;
        self.midnights =
            days.filter_map(|day| self.at(Interval::containing(zone.start_of(day)))).collect();
        self.steady = None;
        self.points.clear();
        self.all_stale();
    }

    /// Every point has to be drawn anew.
    pub(super) fn all_stale(&mut self) {
        self.stale = 0..self.slots.len();
    }

    /// The points around an interval have to be drawn anew: their sky, or what
    /// stands in for it, changed.
    pub(super) fn stale_around(&mut self, interval: Interval) {
        let Some(at) =
            self.at(interval.offset(REACH)).filter(|at| *at < self.slots.len() + 2 * USED)
        else {
            return;
        };
        let (from, to) = (at.saturating_sub(2 * USED), (at + 1).min(self.slots.len()));
        if from >= to {
            return;
        }
        self.stale = if self.stale.is_empty() {
            from..to
        } else {
            self.stale.start.min(from)..self.stale.end.max(to)
        };
    }

    /// The first interval after the window.
    pub(crate) fn end(&self) -> Interval {
        self.from.offset(i64::try_from(self.slots.len()).unwrap_or(0))
    }

    pub(crate) fn at(&self, interval: Interval) -> Option<usize> {
        usize::try_from(interval.index() - self.from.index()).ok()
    }

    pub(crate) fn slot(&self, interval: Interval) -> Option<&Slot> {
        self.slots.get(self.at(interval)?)
    }

    /// Takes over what was received; true when that is news.
    pub(crate) fn take(&mut self, actual: &IntervalActual) -> bool {
        let at = self.at(actual.interval);
        let Some(slot) = at.and_then(|at| self.slots.get_mut(at)) else { return false };
        let news = slot.take(actual);
        self.touched |= news;
        if news {
            self.stale_around(actual.interval);
        }
        news
    }

    /// Takes note that the site was heard of before its window begins.
    pub(crate) fn heard_earlier(&mut self, interval: Interval) {
        self.heard_before = self.heard_before.max(Some(interval.start()));
        self.touched = true;
    }

    /// Whether what it produces tells the sky: nothing is known to be wrong
    /// with it.
    pub(crate) fn votes(&self) -> bool {
        !self.tracked.iter().any(|known| known.is_open() && takes_vote(known.kind()))
    }

    /// Whether it told the sky at an instant in the past.
    pub(crate) fn voted(&self, at: Timestamp) -> bool {
        !self.stretches.iter().any(|stretch| takes_vote(stretch.kind) && stretch.covers(at))
    }

    /// Asks all rules again at the next look.
    pub(crate) fn look_anew(&mut self) {
        self.steady = None;
    }

    /// The clearness this site tells.
    pub(crate) fn tells(&self, interval: Interval) -> Option<f64> {
        self.slot(interval)?.tells(&self.model)
    }

    /// When the newest reading was measured.
    pub(crate) fn last_reading(&self) -> Option<Timestamp> {
        let Some(at) = self.slots.iter().rposition(Slot::was_heard) else {
            return self.heard_before;
        };
        let covered = i64::from(self.slots[at].covered_s);
        let cadence = i64::from(self.site.details.cadence_s).max(1);
        let start = self.from.offset(i64::try_from(at).unwrap_or(0)).start();
        Some(start + SignedDuration::from_secs((covered - cadence).max(0)))
    }

    /// Every quarter hour of the window beside what was expected of it.
    pub(crate) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Draws the points anew that need it.
    pub(crate) fn draw(&mut self, region: &RegionSky, now: Timestamp) {
        let current = Interval::containing(now);
        if current != self.drawn {
            for interval in [self.drawn.min(current), current] {
                self.stale_around(interval);
            }
            self.drawn = current;
        }
        if self.points.len() != self.slots.len() {
            self.all_stale();
            self.points.clear();
        }
        let stale = std::mem::take(&mut self.stale);
        let usual = self.model.baseline().usual_sky;
        for at in stale.clone() {
            let interval = self.from.offset(i64::try_from(at).unwrap_or(0));
            let sky = region.sky(self.place, interval, current, usual);
            let point = Point::of(interval, &self.slots[at], &self.model, sky);
            match self.points.get_mut(at) {
                Some(known) => *known = point,
                None => self.points.push(point),
            }
        }
        find_own_clear_sky(&mut self.points, stale, &self.model);
    }

    fn newest_end(&self, of: impl Fn(AnomalyKind) -> bool) -> Option<Timestamp> {
        let ended = self.stretches.iter().filter(|stretch| of(stretch.kind));
        ended.filter_map(|stretch| stretch.until).max()
    }

    /// The case of this site at an instant.
    pub(crate) fn case<'a>(&'a self, now: Timestamp, thresholds: &'a Thresholds) -> Case<'a> {
        Case {
            site: &self.site.details,
            baseline: self.model.baseline(),
            now,
            points: &self.points,
            midnights: &self.midnights,
            capacity_wh: self.model.capacity_wh(),
            last_reading: self.last_reading(),
            days: &self.days,
            indices: &self.indices,
            washed: self.newest_end(|kind| kind == AnomalyKind::SoilingDrift),
            repaired: self.newest_end(|kind| {
                matches!(kind, AnomalyKind::StringLoss | AnomalyKind::Underperformance)
            }),
            tracked: &self.tracked,
            inverters: self.inverters,
            thresholds,
        }
    }
}

/// Kinds that leave a site's production as it is.
pub(super) const fn takes_vote(kind: AnomalyKind) -> bool {
    !matches!(
        kind,
        AnomalyKind::CommGap
            | AnomalyKind::NightProduction
            | AnomalyKind::CounterReset
            | AnomalyKind::Duplicates
    )
}
