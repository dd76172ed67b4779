//! A site of its own making with six weeks of quarter hours behind it.

use std::sync::LazyLock;

use jiff::Timestamp;

use super::weather::chance;
use crate::fleet::{Array, Brand, Location, SiteDetails};
use crate::monitoring::expected::{ClearSky, IntervalSun, SiteModel, Sky};
use crate::monitoring::rules::{InvertersOff, Point, Slot, Thresholds, Watts, find_own_clear_sky};
use crate::monitoring::stats::quantile;
use crate::monitoring::{Baseline, Tracked};
use crate::time::Interval;
use crate::units::PeakPower;

/// Quarter hours of a day without a change of the clocks.
pub(super) const DAY: usize = 96;

/// Days there are, from 1 May to 12 June.
const DAYS: usize = 43;

/// A local instant of 2026, such as `06-12T10:40`.
pub(crate) fn at(local: &str) -> Timestamp {
    format!("2026-{local}:00+02:00").parse().unwrap()
}

/// A site near Munich, watched since 1 May. By day it reports, at night it is
/// silent.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) site: SiteDetails,
    pub(crate) baseline: Baseline,
    pub(crate) points: Vec<Point>,
    pub(crate) tracked: Vec<Tracked>,
    pub(crate) inverters: Option<InvertersOff>,
    pub(crate) thresholds: Thresholds,
}

/// The clear sky over such a site of 100 kWp.
static CLEAR: LazyLock<Vec<ClearSky>> = LazyLock::new(|| {
    let site = site(100.0, 300);
    let model = SiteModel::new(&site, Baseline::untrained(1.into()));
    intervals().map(|interval| model.clear_sky(&IntervalSun::of(interval))).collect()
});

fn intervals() -> impl Iterator<Item = Interval> {
    let start = Interval::containing(at("05-01T00:00"));
    start.until(start.offset(i64::try_from(DAY * DAYS).unwrap()))
}

fn site(kwp: f64, cadence_s: i32) -> SiteDetails {
    SiteDetails::builder()
        .name("Alder Dairy Farm".parse().unwrap())
        .location(Location::new(48.1, 11.6).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(kwp).unwrap(),
            tilt_deg: Some(25.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        })
        .region("south".parse().unwrap())
        .brand(Brand::Fronius)
        .cadence_s(cadence_s)
        .build()
}

/// Sets what a quarter hour produced, and the power that tells it.
fn produce(point: &mut Point, wh: f64, cadence_s: i32) {
    let ripple = if cadence_s < 900 { 0.01 } else { 0.0 };
    point.produced_wh = wh.round();
    let mean = point.produced_wh * 4.0;
    point.power_w = Some(Watts {
        low: narrow(mean * (1.0 - ripple)),
        mean: narrow(mean),
        high: narrow(mean * (1.0 + ripple)),
    });
}

#[expect(clippy::cast_possible_truncation, reason = "watts")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

impl World {
    /// A healthy site of 100 kWp under a sky, with readings every five minutes.
    pub(crate) fn under(sky: fn(Interval) -> f64) -> Self {
        Self::of(100.0, 300, sky, true)
    }

    /// The same without neighbours that would tell the sky.
    pub(crate) fn alone(sky: fn(Interval) -> f64) -> Self {
        Self::of(100.0, 300, sky, false)
    }

    /// A healthy site of some size, with readings every so many seconds.
    pub(crate) fn of(kwp: f64, cadence_s: i32, sky: fn(Interval) -> f64, told: bool) -> Self {
        let site = site(kwp, cadence_s);
        let baseline = Baseline { confidence: 1.0, scatter: 0.02, ..Baseline::untrained(1.into()) };
        let model = SiteModel::new(&site, baseline.clone());
        let mut last = None;
        let points: Vec<Point> = intervals()
            .zip(CLEAR.iter())
            .map(|(interval, over_100_kwp)| {
                let wh = over_100_kwp.wh * narrow(kwp / 100.0);
                let slot = Slot { clear: ClearSky { wh, ..*over_100_kwp }, ..Slot::default() };
                let clearness = sky(interval);
                let change = clearness - last.replace(clearness).unwrap_or(clearness);
                let spread = 0.02 + 0.2 * (1.0 - clearness);
                let truth = Sky::Told { clearness, change, spread, sites: 7 };
                let known = if told { truth } else { Sky::Usual(baseline.usual_sky) };
                let mut point = Point::of(interval, &slot, &model, known);
                let day = interval.index().div_euclid(96);
                let own = 1.0
                    + 0.03 * (chance(interval.index()) - 0.5) * if told { 1.0 } else { 0.2 }
                    + 0.02 * (chance(day * 7) - 0.5);
                let wh = model.expected(slot.clear, truth).wh * own;
                if point.model_wh > 0.0 {
                    point.covered_s = 900;
                    produce(&mut point, wh, cadence_s);
                }
                point
            })
            .collect();
        let mut peaks: Vec<f64> = points
            .chunks(DAY)
            .map(|day| day.iter().map(|point| point.produced_wh * 4.0).fold(0.0, f64::max))
            .collect();
        let peak_w = quantile(&mut peaks, 0.95).unwrap();
        let baseline = Baseline { peak_w, ..baseline };
        let thresholds = Thresholds::default();
        let tracked = Vec::new();
        let mut world = Self { site, baseline, points, tracked, inverters: None, thresholds };
        world.find_clear_sky();
        world
    }

    /// Without neighbours its own curve tells when the sky is cloudless.
    fn find_clear_sky(&mut self) {
        if self.points.iter().any(Point::told) {
            return;
        }
        let model = SiteModel::new(&self.site, self.baseline.clone());
        let all = 0..self.points.len();
        find_own_clear_sky(&mut self.points, all, &model);
    }

    /// Without the days before the last two weeks, for what needs no more.
    pub(crate) fn lately(mut self) -> Self {
        self.points.drain(..(DAYS - 17) * DAY);
        self
    }

    /// Changes the quarter hours of a stretch, from and to.
    pub(crate) fn during(mut self, from: &str, to: &str, change: impl Fn(&mut Point)) -> Self {
        let places = self.place(at(from))..self.place(at(to));
        self.points[places].iter_mut().for_each(change);
        self.find_clear_sky();
        self
    }

    /// Changes all quarter hours from an instant on.
    pub(crate) fn from(self, from: &str, change: impl Fn(&mut Point)) -> Self {
        self.during(from, "06-13T00:00", change)
    }

    /// From then on what is produced is worked out from what was.
    pub(crate) fn giving(self, from: &str, to: &str, wh: impl Fn(&Point) -> f64) -> Self {
        let cadence_s = self.site.cadence_s;
        self.during(from, to, |point| {
            if point.covered_s > 0 {
                produce(point, wh(point), cadence_s);
            }
        })
    }

    /// Only this share of what was is left.
    pub(crate) fn losing(self, from: &str, to: &str, left: f64) -> Self {
        self.giving(from, to, |point| point.produced_wh * left)
    }

    /// Nothing is heard.
    pub(crate) fn silent(self, from: &str, to: &str) -> Self {
        self.during(from, to, unheard)
    }

    /// The readings carry a counter that counts what is produced.
    pub(crate) fn counting(mut self) -> Self {
        let mut counter = 1_000_000.0;
        for point in &mut self.points {
            counter += point.produced_wh;
            point.register_wh =
                (point.covered_s > 0).then(|| format!("{counter:.0}").parse().unwrap());
        }
        self
    }

    pub(super) fn place(&self, at: Timestamp) -> usize {
        self.points.partition_point(|point| point.interval.start() < at)
    }

    /// Expected energy between two instants, Wh.
    pub(crate) fn expected(&self, from: &str, to: &str) -> f64 {
        self.points[self.place(at(from))..self.place(at(to))]
            .iter()
            .map(|point| point.expected.wh)
            .sum()
    }
}

pub(super) fn unheard(point: &mut Point) {
    point.produced_wh = 0.0;
    point.covered_s = 0;
    point.left_out = 0;
    point.power_w = None;
    point.register_wh = None;
    point.counter_resets = 0;
    point.repeats = 0;
    point.faults = 0;
}
