use crate::monitoring::expected::{ClearSky, ENOUGH_SITES, Expected, SiteModel, Sky};
use crate::monitoring::sun::SunPosition;
use crate::monitoring::{IntervalActual, Rung};
use crate::time::Interval;

/// A quarter hour of a site as it is kept in memory: what the clear-sky model
/// gives, and what was received.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Slot {
    /// The model, before gain and profile.
    pub clear: ClearSky,
    /// Energy produced, Wh.
    pub wh: i32,
    /// Seconds that readings cover.
    pub covered_s: i16,
    /// Readings left out as inconsistent.
    pub left_out: i16,
    /// Power as the readings say, those left out included.
    pub power_w: Option<Watts>,
    /// The cumulative counter at its end, Wh.
    pub register_wh: Option<u64>,
    /// How often the counter went backwards.
    pub counter_resets: i16,
    /// Readings that arrived again.
    pub repeats: i16,
    /// Readings by which the inverter reports a fault.
    pub faults: i16,
}

/// Lowest, mean and highest power of a quarter hour in watts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watts {
    /// Lowest.
    pub low: f32,
    /// Mean.
    pub mean: f32,
    /// Highest.
    pub high: f32,
}

impl Slot {
    /// Takes over what was received; true when that is news.
    pub fn take(&mut self, actual: &IntervalActual) -> bool {
        let fresh = Self {
            clear: self.clear,
            wh: i32::try_from(actual.energy.wh()).unwrap_or(0),
            covered_s: actual.covered_s,
            left_out: actual.left_out,
            power_w: actual.power.map(|power| Watts {
                low: watts(power.low),
                mean: watts(power.mean),
                high: watts(power.high),
            }),
            register_wh: actual.register.map(crate::units::MeterRegister::wh),
            counter_resets: actual.counter_resets,
            repeats: actual.repeats,
            faults: actual.faults,
        };
        let news = *self != fresh;
        *self = fresh;
        news
    }

    /// Whether anything was received.
    #[must_use]
    pub const fn was_heard(&self) -> bool {
        self.covered_s > 0 || self.left_out > 0
    }

    /// The clearness this slot tells, with the model of its site.
    #[must_use]
    pub fn tells(&self, model: &SiteModel) -> Option<f64> {
        if self.covered_s < 240 {
            return None;
        }
        let whole = f64::from(self.wh) * 900.0 / f64::from(self.covered_s);
        model.told_clearness(self.clear, whole)
    }
}

#[expect(clippy::cast_precision_loss, reason = "seven digits of a watt")]
const fn watts(power: crate::units::Power) -> f32 {
    power.watts() as f32
}

/// One quarter hour of a site, beside what was expected of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Which quarter hour.
    pub interval: Interval,
    /// Where the sun stands.
    pub sun: SunPosition,
    /// What the clear-sky model gives, before gain and profile, Wh.
    pub model_wh: f64,
    /// The same under the sky there was, Wh.
    pub modelled_wh: f64,
    /// What was expected, in Wh.
    pub expected: Expected,
    /// Where the expectation comes from.
    pub rung: Rung,
    /// Sites that told the sky.
    pub neighbours: u16,
    /// Between which distance the middle half of them tells it, as a share of
    /// what they tell.
    pub spread: f64,
    /// Whether the sky is known well enough to learn from this quarter hour.
    pub teaches: bool,
    /// What was produced in the covered part, in Wh.
    pub produced_wh: f64,
    /// Seconds that readings cover, 0 to 900.
    pub covered_s: i16,
    /// Readings left out as inconsistent.
    pub left_out: i16,
    /// Power as the readings say.
    pub power_w: Option<Watts>,
    /// The cumulative counter at its end, Wh.
    pub register_wh: Option<u64>,
    /// How often the counter went backwards.
    pub counter_resets: i16,
    /// Readings that arrived again.
    pub repeats: i16,
    /// Readings by which the inverter reports a fault.
    pub faults: i16,
}

/// Coverage from which on a quarter hour can be judged: two of its three five
/// minutes.
const COVERED_S: i16 = 600;

/// Under a sky thinner than this, errors of the share of diffuse light outweigh
/// what could be learned.
const DARKEST_TEACHER: f64 = 0.25;

/// Without neighbours, a sky that looks cloudless is so within this spread.
const SPREAD_ALONE: f64 = 0.12;

/// Light, as a share of the capacity, from which on there is something to learn.
const LEAST_LIGHT: f64 = 0.04;

impl Point {
    /// A slot under a sky.
    #[must_use]
    pub fn of(interval: Interval, slot: &Slot, model: &SiteModel, sky: Sky) -> Self {
        let (clearness, rung, neighbours) = match sky {
            Sky::Told { clearness, sites, .. } if usize::from(sites) >= ENOUGH_SITES => {
                (clearness, Rung::Neighbours, sites)
            }
            Sky::Told { clearness, sites, .. } => (clearness, Rung::FewNeighbours, sites),
            Sky::Usual(_) | Sky::Clear => {
                let known = model.baseline().confidence > 0.0;
                (1.0, if known { Rung::OwnHistory } else { Rung::ClearSky }, 0)
            }
        };
        let spread = match sky {
            Sky::Told { spread, clearness, .. } => spread / clearness.max(0.05),
            Sky::Usual(_) | Sky::Clear => SPREAD_ALONE,
        };
        let modelled_wh = SiteModel::modelled(slot.clear, clearness);
        let expected = model.expected(slot.clear, sky);
        let at_limit = model
            .limit_wh()
            .is_some_and(|limit| expected.wh.max(f64::from(slot.wh)) > 0.95 * limit);
        let told = neighbours > 0 && clearness >= DARKEST_TEACHER;
        Self {
            interval,
            sun: slot.clear.sun(),
            model_wh: f64::from(slot.clear.wh),
            modelled_wh,
            expected,
            rung,
            neighbours,
            spread,
            teaches: told && !at_limit && modelled_wh > LEAST_LIGHT * model.capacity_wh(),
            produced_wh: f64::from(slot.wh),
            covered_s: slot.covered_s,
            left_out: slot.left_out,
            power_w: slot.power_w,
            register_wh: slot.register_wh,
            counter_resets: slot.counter_resets,
            repeats: slot.repeats,
            faults: slot.faults,
        }
    }

    /// Whether the sky was told by other sites.
    #[must_use]
    pub const fn told(&self) -> bool {
        self.neighbours > 0
    }

    /// Production had the whole interval been covered, Wh; `None` when too
    /// little of it was.
    #[must_use]
    pub fn actual(&self) -> Option<f64> {
        (self.covered_s >= COVERED_S)
            .then(|| self.produced_wh * f64::from(Self::WHOLE_S) / f64::from(self.covered_s))
    }

    const WHOLE_S: i16 = 900;

    /// Whether anything was received.
    #[must_use]
    pub const fn was_heard(&self) -> bool {
        self.covered_s > 0 || self.left_out > 0
    }
}

/// Quarter hours on either side that have to look alike for a sky to count as
/// cloudless: an hour and a quarter together.
const SMOOTH_SIDE: usize = 2;

/// Under a cloudless sky the share of the model changes by less than this over
/// that time.
const SMOOTH: f64 = 0.06;

/// A low sun shines through haze and past trees: from this height on its curve
/// tells.
const HIGH_SUN_DEG: f64 = 12.0;

/// Less than this share of a cloudless sky may be an even overcast ...
const OVERCAST: f64 = 0.35;

/// ... unless the curve follows the sun, within this share, for so many quarter
/// hours. No overcast thins and thickens with the height of the sun for four
/// hours; a site of which much is missing does.
const LONG: usize = 16;
const LONG_SMOOTH: f64 = 0.10;

/// Below this share nothing can be told from nothing.
const LEAST_SHARE: f64 = 0.05;

/// Finds around some places the points in which a site without neighbours shows
/// by its own smooth curve that the sky was cloudless.
pub fn find_own_clear_sky(points: &mut [Point], places: std::ops::Range<usize>, model: &SiteModel) {
    let touched = places.start.saturating_sub(LONG)..(places.end + LONG).min(points.len());
    let first = touched.start.saturating_sub(LONG);
    let last = (touched.end + LONG).min(points.len());
    let share = |point: &Point| {
        let cloudless = point.model_wh * model.baseline().share(point.sun);
        let bright = point.sun.elevation_deg > HIGH_SUN_DEG
            && point.model_wh > LEAST_LIGHT * model.capacity_wh();
        let steady = point.power_w.is_none_or(|power| power.high - power.low <= 0.12 * power.mean);
        if bright && steady { Some(point.actual()? / cloudless) } else { None }
    };
    let shares: Vec<Option<f64>> = points[first..last].iter().map(share).collect();
    for place in touched {
        let Some(point) = points.get_mut(place).filter(|point| !point.told()) else { continue };
        let at = place - first;
        let at_limit = model.limit_wh().is_some_and(|limit| point.produced_wh > 0.95 * limit);
        let near = at.checked_sub(SMOOTH_SIDE).map(|from| from..at + SMOOTH_SIDE + 1);
        let lowest = near.and_then(|near| smooth(shares.get(near)?, SMOOTH));
        point.teaches = !at_limit
            && lowest.is_some_and(|lowest| {
                lowest > OVERCAST || lowest > LEAST_SHARE && follows_the_sun(&shares, at)
            });
    }
}

/// Whether one of the long stretches around a place is smooth.
fn follows_the_sun(shares: &[Option<f64>], at: usize) -> bool {
    ((at + 1).saturating_sub(LONG)..=at)
        .filter_map(|from| shares.get(from..from + LONG))
        .any(|stretch| smooth(stretch, LONG_SMOOTH).is_some())
}

/// The lowest of shares that are all known and lie within a part of each other.
fn smooth(shares: &[Option<f64>], within: f64) -> Option<f64> {
    let (low, high) = shares.iter().try_fold((f64::INFINITY, 0.0_f64), |(low, high), share| {
        share.map(|share| (share.min(low), share.max(high)))
    })?;
    (high < (1.0 + within) * low).then_some(low)
}
