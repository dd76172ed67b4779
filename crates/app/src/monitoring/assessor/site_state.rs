use std::sync::Arc;

use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::expected::{ClearSky, SiteModel};
use greengrid_domain::monitoring::judge::{self, Case, InvertersOff, Point};
use greengrid_domain::monitoring::{Assessment, Baseline, IntervalActual, Spark};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Power};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::fleet_state::Suns;
use super::region_state::RegionState;

/// Local days in the window before today.
const DAYS_BEFORE: i32 = 2;

/// A reading older than this, and the site's cadence, is not "now".
const FRESH: SignedDuration = SignedDuration::from_mins(20);

/// A quarter hour of a site.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) clear: ClearSky,
    pub(super) wh: i32,
    pub(super) covered_s: i16,
    pub(super) left_out: i16,
}

/// A site with its last days.
#[derive(Debug)]
pub(super) struct SiteState {
    pub(super) site: Arc<Site>,
    pub(super) model: SiteModel,
    /// First interval of the window: local midnight two days ago.
    pub(super) from: Interval,
    /// Up to the end of today.
    pub(super) slots: Vec<Slot>,
    pub(super) today: Date,
    /// The local day on which its baseline was learned last.
    pub(super) trained: Option<Date>,
    /// The last 30 days up to yesterday, in per cent of expected.
    pub(super) daily_index: Vec<Option<i16>>,
    /// Newest reading from before the window.
    pub(super) heard_before: Option<Timestamp>,
    pub(super) inverters: Option<InvertersOff>,
    pub(super) written: Option<Assessment>,
    /// Whether something changed since it was judged last.
    pub(super) touched: bool,
}

impl SiteState {
    pub(super) fn new(site: Arc<Site>, now: Timestamp, suns: &mut Suns) -> Self {
        let model = SiteModel::new(&site.details, Baseline::untrained(site.id));
        let today = site.details.zone.day(now);
        let mut state = Self {
            site,
            model,
            from: Interval::from_index(0),
            slots: Vec::new(),
            today,
            trained: None,
            daily_index: Vec::new(),
            heard_before: None,
            inverters: None,
            written: None,
            touched: true,
        };
        state.open_window(suns);
        state
    }

    /// Moves the window when the local day has changed. True when days were
    /// skipped, so that the window has to be read anew.
    pub(super) fn roll(&mut self, now: Timestamp, suns: &mut Suns) -> Option<bool> {
        let today = self.site.details.zone.day(now);
        if today == self.today {
            return None;
        }
        let by_one = self.today.saturating_add(1.day()) == today;
        self.heard_before = self.last_reading();
        self.today = today;
        self.open_window(suns);
        self.touched = true;
        Some(!by_one)
    }

    fn open_window(&mut self, suns: &mut Suns) {
        let zone = &self.site.details.zone;
        let first = self.today.saturating_sub(DAYS_BEFORE.days());
        let from = Interval::containing(zone.start_of(first));
        let end = Interval::containing(zone.end_of(self.today));
        let slots = from
            .until(end)
            .map(|interval| {
                self.slot(interval).copied().unwrap_or_else(|| Slot {
                    clear: self.model.clear_sky(suns.of(interval)),
                    ..Slot::default()
                })
            })
            .collect();
        self.slots = slots;
        self.from = from;
    }

    /// The first interval after the window.
    pub(super) fn end(&self) -> Interval {
        self.from.offset(i64::try_from(self.slots.len()).unwrap_or(0))
    }

    fn at(&self, interval: Interval) -> Option<usize> {
        usize::try_from(interval.index() - self.from.index()).ok()
    }

    pub(super) fn slot(&self, interval: Interval) -> Option<&Slot> {
        self.slots.get(self.at(interval)?)
    }

    /// Takes over what was produced; true when that is news.
    pub(super) fn take(&mut self, actual: &IntervalActual) -> bool {
        let at = self.at(actual.interval);
        let Some(slot) = at.and_then(|at| self.slots.get_mut(at)) else { return false };
        let wh = i32::try_from(actual.energy.wh()).unwrap_or(0);
        let (covered_s, left_out) = (actual.covered_s, actual.left_out);
        let news = (slot.wh, slot.covered_s, slot.left_out) != (wh, covered_s, left_out);
        *slot = Slot { wh, covered_s, left_out, ..*slot };
        self.touched |= news;
        news
    }

    /// Takes note that the site was heard of before its window begins.
    pub(super) fn heard_earlier(&mut self, interval: Interval) {
        self.heard_before = self.heard_before.max(Some(interval.start()));
        self.touched = true;
    }

    /// The clearness this site's production tells, with the share of the
    /// quarter hour that is known.
    pub(super) fn tells(&self, interval: Interval) -> Option<f64> {
        let slot = self.slot(interval).filter(|slot| slot.covered_s >= 240)?;
        let whole = f64::from(slot.wh) * 900.0 / f64::from(slot.covered_s);
        self.model.told_clearness(interval, slot.clear, whole)
    }

    /// When the newest reading was measured.
    pub(super) fn last_reading(&self) -> Option<Timestamp> {
        let heard = |slot: &Slot| slot.covered_s > 0 || slot.left_out > 0;
        let Some(at) = self.slots.iter().rposition(heard) else { return self.heard_before };
        let covered = i64::from(self.slots[at].covered_s);
        let cadence = i64::from(self.site.details.cadence_s).max(1);
        let start = self.from.offset(i64::try_from(at).unwrap_or(0)).start();
        Some(start + SignedDuration::from_secs((covered - cadence).max(0)))
    }

    /// Every quarter hour of the window beside what was expected of it.
    pub(super) fn points(&self, region: &RegionState, now: Timestamp) -> Vec<Point> {
        let current = Interval::containing(now);
        self.slots
            .iter()
            .zip(self.from.until(self.end()))
            .map(|(slot, interval)| {
                let (sky, told) = region.sky(interval, current, self.model.baseline().usual_sky);
                Point {
                    interval,
                    expected: self.model.expected(interval, slot.clear, sky),
                    told,
                    produced_wh: f64::from(slot.wh),
                    covered_s: slot.covered_s,
                    left_out: slot.left_out,
                }
            })
            .collect()
    }

    pub(super) fn judge(&self, region: &RegionState, now: Timestamp) -> Assessment {
        let points = self.points(region, now);
        let last_reading = self.last_reading();
        let before = self.written.as_ref().and_then(|written| written.finding.as_ref());
        let (status, finding) = judge::judge(&Case {
            site: &self.site.details,
            now,
            points: &points,
            capacity_wh: self.model.capacity_wh(),
            last_reading,
            daily_index: &self.daily_index,
            before,
            inverters: self.inverters,
        });
        let current = Interval::containing(now);
        let newest = self
            .at(current)
            .map(|at| at.min(self.slots.len().saturating_sub(1)))
            .and_then(|at| self.slots[..=at].iter().rposition(|slot| slot.covered_s > 0))
            .filter(|at| self.is_fresh(*at, now));
        let shown = newest.or_else(|| self.at(current)).and_then(|at| points.get(at));
        let (energy_today, expected_today) = self.today_so_far(&points, newest, now);
        Assessment {
            site: self.site.id,
            status,
            finding,
            power_now: newest.map(|at| {
                let slot = &self.slots[at];
                let seconds = i64::from(slot.covered_s).max(1);
                Power::from_watts(i64::from(slot.wh) * 3600 / seconds)
            }),
            expected_now: shown.map(|point| Power::from_watts_rounded(point.expected.wh * 4.0)),
            energy_today,
            expected_today,
            last_reading_at: last_reading,
            spark: Spark::of(&points, now),
            daily_index: self.daily_index.clone(),
        }
    }

    fn is_fresh(&self, at: usize, now: Timestamp) -> bool {
        let age = now.duration_since(self.heard_until(at));
        age <= FRESH + SignedDuration::from_secs(i64::from(self.site.details.cadence_s))
    }

    /// The end of what readings cover in a slot.
    fn heard_until(&self, at: usize) -> Timestamp {
        let start = self.from.offset(i64::try_from(at).unwrap_or(0)).start();
        start + SignedDuration::from_secs(i64::from(self.slots[at].covered_s))
    }

    /// Energy since local midnight, and what was expected over the time that
    /// readings can have come for: up to the newest one while they flow.
    fn today_so_far(
        &self,
        points: &[Point],
        newest: Option<usize>,
        now: Timestamp,
    ) -> (Energy, Energy) {
        let midnight = Interval::containing(self.site.details.zone.start_of(self.today));
        let horizon = newest.map_or(now, |at| self.heard_until(at)).as_second();
        let today = points.iter().filter(|point| point.interval >= midnight);
        let (produced, expected) = today.fold((0.0, 0.0), |sum, point| {
            let passed = (horizon - point.interval.start().as_second()).clamp(0, 900);
            let share = f64::from(i32::try_from(passed).unwrap_or(0)) / 900.0;
            (sum.0 + point.produced_wh, sum.1 + share * point.expected.wh)
        });
        (Energy::from_wh_rounded(produced), Energy::from_wh_rounded(expected))
    }

    /// What the inverters said stays true while the loss goes on, also when
    /// they sleep.
    pub(super) fn forget_inverters(&mut self, assessment: &Assessment) {
        if assessment.finding.is_none() {
            self.inverters = None;
        }
    }

    /// Whether an assessment is worth writing: for a site that sent something,
    /// whatever differs; for the others only what a reader would notice, or
    /// every row would be written each minute for the clouds alone.
    pub(super) fn is_news(&self, fresh: &Assessment) -> bool {
        let Some(written) = &self.written else { return true };
        if self.touched {
            return written != fresh;
        }
        let finding = |assessment: &Assessment| {
            assessment.finding.as_ref().map(|finding| {
                let euros = finding.money_per_day.amount.round();
                (finding.kind, finding.since, finding.cause.clone(), euros)
            })
        };
        written.status != fresh.status
            || finding(written) != finding(fresh)
            || written.power_now != fresh.power_now
            || written.spark.from != fresh.spark.from
            || written.spark.actual.len() != fresh.spark.actual.len()
            || written.daily_index != fresh.daily_index
    }
}
