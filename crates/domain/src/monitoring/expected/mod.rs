//! What a site should produce in a quarter hour.

use std::ops::RangeInclusive;

use jiff::SignedDuration;

use super::sun::{Instant, SunPosition};
use super::{Baseline, clear_sky, profile, pv};
use crate::fleet::{Location, SiteDetails};
use crate::time::Interval;

/// Clearness of the overcast sky for which the model is evaluated besides the
/// cloudless one. Below it nearly all light is diffuse.
pub const OVERCAST: f64 = 0.3;

/// Sites that have to tell the state of the sky before it is believed as it is.
pub const ENOUGH_SITES: usize = 5;

/// Sites that have to tell it before it is believed at all.
pub const FEW_SITES: usize = 3;

/// Clearness counts up to this: edges of bright clouds.
const BRIGHTEST: f64 = 1.25;

/// The sun during an interval, prepared for many sites.
#[derive(Debug, Clone)]
pub struct IntervalSun {
    interval: Interval,
    /// The middles of three equal parts: the sun's path is smooth enough that
    /// more would change the sum by less than a thousandth.
    instants: [Instant; 3],
}

/// What the clear-sky model gives a site in an interval, before gain, profile
/// and limits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClearSky {
    /// Energy under a cloudless sky, Wh.
    pub wh: f32,
    /// Height of the sun in the middle of the interval, degrees.
    pub elevation_deg: f32,
    /// Its direction, degrees clockwise from north.
    pub azimuth_deg: f32,
    /// Share of it that an overcast sky of clearness [`OVERCAST`] gives. An
    /// array with its back to the sun keeps more than one that faces it.
    pub overcast: f32,
}

/// A site's array with what it has shown: gives expected energy.
#[derive(Debug, Clone)]
pub struct SiteModel {
    system: pv::PvSystem,
    place: Location,
    /// Whether somebody told the capacity.
    is_measured: bool,
    baseline: Baseline,
}

/// What is known of the sky in an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sky {
    /// Other sites of the region tell its clearness.
    Told {
        /// Clearness: the middle of what they tell.
        clearness: f64,
        /// By how much it differs from the interval before.
        change: f64,
        /// Between which distance of the middle half of them lie.
        spread: f64,
        /// How many tell it.
        sites: u16,
    },
    /// Too few sites: the clearness that is usual for the site. Only its range
    /// says anything.
    Usual(f64),
    /// Cloudless, as for times to come.
    Clear,
}

/// Expected energy of an interval, with its range, in Wh.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Expected {
    /// The middle.
    pub wh: f64,
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
}

impl IntervalSun {
    /// Prepares an interval.
    #[must_use]
    pub fn of(interval: Interval) -> Self {
        let sixth = Interval::SECONDS / 6;
        let instants = [sixth, 3 * sixth, 5 * sixth]
            .map(|seconds| Instant::at(interval.start() + SignedDuration::from_secs(seconds)));
        Self { interval, instants }
    }
}

impl ClearSky {
    /// Where the sun stands in the middle of the interval.
    #[must_use]
    pub fn sun(self) -> SunPosition {
        SunPosition {
            elevation_deg: f64::from(self.elevation_deg),
            azimuth_deg: f64::from(self.azimuth_deg),
        }
    }
}

impl SiteModel {
    /// The model of a site.
    #[must_use]
    pub fn new(site: &SiteDetails, baseline: Baseline) -> Self {
        let system = pv::PvSystem::new(&baseline.array(&site.array), site.location);
        let is_measured = !site.assumed.capacity;
        Self { system, place: site.location, is_measured, baseline }
    }

    /// Where the site stands.
    #[must_use]
    pub const fn place(&self) -> Location {
        self.place
    }

    /// What the site has shown.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Replaces what the site has shown.
    pub fn learn(&mut self, baseline: Baseline) {
        self.baseline = baseline;
    }

    /// DC capacity over a quarter hour, Wh: the measure for what is much and
    /// what is little. Where nobody told the capacity it is what the site has
    /// shown.
    #[must_use]
    pub fn capacity_wh(&self) -> f64 {
        let shown = if self.is_measured { 1.0 } else { self.baseline.gain };
        shown * self.system.capacity_w() / quarters_per_hour()
    }

    /// Whether what is expected here means anything: somebody told the capacity,
    /// or the site has shown it.
    #[must_use]
    pub const fn knows_its_size(&self) -> bool {
        self.is_measured || self.baseline.version > 0
    }

    /// What share of the clear-sky model a site may give: any, where nobody told
    /// its capacity.
    #[must_use]
    pub const fn gains(&self) -> RangeInclusive<f64> {
        if self.is_measured { profile::GAINS } else { profile::ANY_GAIN }
    }

    /// The inverters', or the grid's, limit over a quarter hour, Wh.
    #[must_use]
    pub fn limit_wh(&self) -> Option<f64> {
        self.system.limit_w().map(|limit| limit / quarters_per_hour())
    }

    /// What the clear-sky model gives in an interval.
    #[must_use]
    pub fn clear_sky(&self, sun: &IntervalSun) -> ClearSky {
        let ambient_c = pv::usual_ambient_c(self.place, sun.interval.start());
        let (mut clear, mut overcast) = (0.0, 0.0);
        let positions = sun.instants.map(|instant| instant.seen_from(self.place));
        let middle = ClearSky {
            elevation_deg: narrow(positions[1].elevation_deg),
            azimuth_deg: narrow(positions[1].azimuth_deg),
            ..ClearSky::default()
        };
        for (instant, position) in sun.instants.iter().zip(positions) {
            if position.elevation_deg <= 0.0 {
                continue;
            }
            let power = |clearness| {
                let light = clear_sky::irradiance(instant, position, clearness);
                self.system.unlimited_power(position, &light, ambient_c)
            };
            clear += power(1.0);
            overcast += power(OVERCAST);
        }
        if clear <= 0.0 {
            return middle;
        }
        let wh = clear / 3.0 / quarters_per_hour();
        ClearSky { wh: narrow(wh), overcast: narrow((overcast / clear).clamp(0.01, 1.0)), ..middle }
    }

    /// What the site gives under a cloudless sky, Wh, before any limit: the
    /// model times what the site has shown with the sun in this place.
    #[must_use]
    pub fn unlimited(&self, clear: ClearSky) -> f64 {
        f64::from(clear.wh) * self.baseline.share(clear.sun())
    }

    /// What the model gives under a sky, before gain, profile and limits, Wh.
    #[must_use]
    pub fn modelled(clear: ClearSky, clearness: f64) -> f64 {
        f64::from(clear.wh) * share_of_clear(clear, clearness)
    }

    /// Expected energy in an interval under a sky.
    #[must_use]
    pub fn expected(&self, clear: ClearSky, sky: Sky) -> Expected {
        let cloudless = self.unlimited(clear);
        if cloudless <= 0.0 {
            return Expected::default();
        }
        let clipped = |wh: f64| self.limit_wh().map_or(wh, |limit| wh.min(limit));
        let unsure = 0.06 + 0.12 * (1.0 - self.baseline.confidence);
        match sky {
            Sky::Clear => around(cloudless, unsure + 0.05, clipped),
            Sky::Told { clearness, change, spread, .. } => {
                // Scattered clouds do not shade all sites of a region at once.
                let clouds = (0.8 * spread / clearness.max(0.1)).min(0.5)
                    + 0.10 * (1.0 - clearness).clamp(0.0, 1.0)
                    + 0.4 * change.abs().min(0.6);
                around(cloudless * share_of_clear(clear, clearness), unsure + clouds, clipped)
            }
            Sky::Usual(clearness) => {
                let wh = clipped(cloudless * share_of_clear(clear, clearness));
                let high = clipped(cloudless * (1.1 + unsure)).max(wh);
                Expected { wh, low: wh.min(cloudless * DARKEST), high }
            }
        }
    }

    /// The clearness that this production tells, if the site can tell: it
    /// faces the light, its inverters are not at their limit, the sun is high
    /// enough, and how large it is was told or learned.
    #[must_use]
    pub fn told_clearness(&self, clear: ClearSky, wh: f64) -> Option<f64> {
        if !self.knows_its_size() {
            return None;
        }
        let cloudless = self.unlimited(clear);
        let at_limit = self.limit_wh().is_some_and(|limit| wh > 0.97 * limit);
        let tells = cloudless > TELLING * self.capacity_wh() && clear.overcast < 0.7 && !at_limit;
        let share = wh / cloudless;
        (tells && share.is_finite()).then(|| clearness_of_share(clear, share.max(0.0)))
    }
}

/// The hour of the mean solar day at a place, 0 to 23, in the middle of an
/// interval.
#[must_use]
pub fn solar_hour(place: Location, interval: Interval) -> usize {
    let ahead_s = (place.longitude() * 240.0).round();
    let second = interval.index() * Interval::SECONDS + Interval::SECONDS / 2 + whole(ahead_s);
    usize::try_from(second.div_euclid(3600).rem_euclid(24)).unwrap_or(0)
}

/// What even the thickest cloud leaves of a clear sky: less is not weather.
const DARKEST: f64 = 0.04;

/// A site tells the sky only when clear sky would give this share of its
/// capacity; below, errors of angle outweigh the clouds.
const TELLING: f64 = 0.08;

fn around(wh: f64, share: f64, clipped: impl Fn(f64) -> f64) -> Expected {
    let share = share.min(0.6);
    Expected {
        wh: clipped(wh),
        low: clipped(wh) * (1.0 - share),
        high: clipped(wh * (1.0 + share)),
    }
}

/// Share of clear-sky production under a clearness: a straight line from
/// nothing to the overcast sky and another to the cloudless one.
fn share_of_clear(clear: ClearSky, clearness: f64) -> f64 {
    let overcast = f64::from(clear.overcast);
    let clearness = clearness.clamp(0.0, BRIGHTEST);
    if clearness <= OVERCAST {
        overcast * clearness / OVERCAST
    } else {
        overcast + (1.0 - overcast) * (clearness - OVERCAST) / (1.0 - OVERCAST)
    }
}

/// The inverse of [`share_of_clear`].
fn clearness_of_share(clear: ClearSky, share: f64) -> f64 {
    let overcast = f64::from(clear.overcast);
    let clearness = if share <= overcast {
        OVERCAST * share / overcast
    } else {
        OVERCAST + (1.0 - OVERCAST) * (share - overcast) / (1.0 - overcast)
    };
    clearness.min(BRIGHTEST)
}

#[expect(clippy::cast_precision_loss, reason = "four")]
const fn quarters_per_hour() -> f64 {
    Interval::PER_HOUR as f64
}

#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for a model")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "at most half a day in seconds")]
const fn whole(seconds: f64) -> i64 {
    seconds as i64
}

#[cfg(test)]
mod tests;
