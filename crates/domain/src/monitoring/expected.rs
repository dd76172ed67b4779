//! What a site should produce in a quarter hour.

use jiff::SignedDuration;

use super::sun::Instant;
use super::{Baseline, clear_sky, pv};
use crate::fleet::{Location, SiteDetails};
use crate::time::Interval;

/// Clearness of the overcast sky for which the model is evaluated besides the
/// cloudless one. Below it nearly all light is diffuse.
pub const OVERCAST: f64 = 0.3;

/// Sites that have to tell the state of the sky before it is believed.
pub const ENOUGH_SITES: usize = 5;

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

/// What the clear-sky model gives a site in an interval, before gain, shape
/// and limits.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ClearSky {
    /// Energy under a cloudless sky, Wh.
    pub wh: f32,
    /// Share of it that an overcast sky of clearness [`OVERCAST`] gives. An
    /// array with its back to the sun keeps more than one that faces it.
    pub overcast: f32,
}

/// A site's array with what it has shown: gives expected energy.
#[derive(Debug, Clone)]
pub struct SiteModel {
    system: pv::PvSystem,
    place: Location,
    baseline: Baseline,
}

/// What is known of the sky in an interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sky {
    /// The region's sites tell its clearness, now and in the interval before.
    Told {
        /// Clearness.
        clearness: f64,
        /// By how much it differs from the interval before.
        change: f64,
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

impl SiteModel {
    /// The model of a site.
    #[must_use]
    pub fn new(site: &SiteDetails, baseline: Baseline) -> Self {
        let system = pv::PvSystem::new(&site.array, site.location);
        Self { system, place: site.location, baseline }
    }

    /// What the site has shown.
    #[must_use]
    pub const fn baseline(&self) -> &Baseline {
        &self.baseline
    }

    /// Replaces what the site has shown.
    pub const fn learn(&mut self, baseline: Baseline) {
        self.baseline = baseline;
    }

    /// DC capacity over a quarter hour, Wh: the measure for what is much and
    /// what is little.
    #[must_use]
    pub fn capacity_wh(&self) -> f64 {
        self.system.capacity_w() / quarters_per_hour()
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
        for instant in &sun.instants {
            let position = instant.seen_from(self.place);
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
            return ClearSky::default();
        }
        let wh = clear / 3.0 / quarters_per_hour();
        ClearSky { wh: narrow(wh), overcast: narrow((overcast / clear).clamp(0.01, 1.0)) }
    }

    /// What the site gives under a cloudless sky, Wh, before any limit: the
    /// model times what the site has shown at this hour.
    #[must_use]
    pub fn unlimited(&self, interval: Interval, clear: ClearSky) -> f64 {
        f64::from(clear.wh) * self.baseline.gain * self.baseline.shape[self.solar_hour(interval)]
    }

    /// Expected energy in an interval under a sky.
    #[must_use]
    pub fn expected(&self, interval: Interval, clear: ClearSky, sky: Sky) -> Expected {
        let cloudless = self.unlimited(interval, clear);
        if cloudless <= 0.0 {
            return Expected::default();
        }
        let clipped = |wh: f64| self.limit_wh().map_or(wh, |limit| wh.min(limit));
        let unsure = 0.08 + 0.10 * (1.0 - self.baseline.confidence);
        match sky {
            Sky::Clear => around(cloudless, unsure + 0.05, clipped),
            Sky::Told { clearness, change } => {
                // Scattered clouds do not shade all sites of a region at once.
                let clouds = 0.30 * (1.0 - clearness).clamp(0.0, 1.0) + 0.5 * change.abs().min(0.6);
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
    /// faces the light, its inverters are not at their limit and the sun is
    /// high enough.
    #[must_use]
    pub fn told_clearness(&self, interval: Interval, clear: ClearSky, wh: f64) -> Option<f64> {
        let cloudless = self.unlimited(interval, clear);
        let at_limit = self.limit_wh().is_some_and(|limit| wh > 0.97 * limit);
        let tells = cloudless > TELLING * self.capacity_wh() && clear.overcast < 0.7 && !at_limit;
        let share = wh / cloudless;
        (tells && share.is_finite()).then(|| clearness_of_share(clear, share.max(0.0)))
    }

    /// The hour of the mean solar day at the site, 0 to 23, in the middle of an
    /// interval.
    #[must_use]
    pub fn solar_hour(&self, interval: Interval) -> usize {
        solar_hour(self.place, interval)
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

/// The clearness of a region from what its sites tell: their median, from
/// [`ENOUGH_SITES`] on.
#[must_use]
pub fn region_clearness(told: &mut [f64]) -> Option<f64> {
    if told.len() < ENOUGH_SITES { None } else { super::stats::median(told) }
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
mod tests {
    use super::*;
    use crate::fleet::{Array, Brand};
    use crate::units::{PeakPower, Power};
    use jiff::Timestamp;

    fn site(azimuth_deg: f64, ac_limit_w: Option<i64>) -> SiteModel {
        let details = SiteDetails::builder()
            .name("Mill".parse().unwrap())
            .location(Location::new(48.1, 11.6).unwrap())
            .zone("Europe/Berlin".parse().unwrap())
            .array(Array {
                capacity: PeakPower::from_kwp(10.0).unwrap(),
                tilt_deg: Some(30.0),
                azimuth_deg: Some(azimuth_deg),
                ac_limit: ac_limit_w.map(Power::from_watts),
                export_limit: None,
            })
            .region("south".parse().unwrap())
            .brand(Brand::Fronius)
            .build();
        SiteModel::new(&details, Baseline::untrained(1.into()))
    }

    fn at(text: &str) -> Interval {
        Interval::containing(text.parse::<Timestamp>().unwrap())
    }

    #[test]
    fn what_clouds_let_through_tells_the_clouds() {
        let south = site(180.0, None);
        let noon = at("2026-06-12T11:00:00Z");
        let clear = south.clear_sky(&IntervalSun::of(noon));
        for clearness in [0.05, 0.2, 0.3, 0.6, 0.95, 1.1] {
            let sky = Sky::Told { clearness, change: 0.0 };
            let expected = south.expected(noon, clear, sky);

            let told = south.told_clearness(noon, clear, expected.wh).unwrap();

            assert!((told - clearness).abs() < 1e-6, "{clearness}: {told}");
            assert!(expected.low < expected.wh && expected.wh < expected.high);
        }
    }

    #[test]
    fn a_roof_that_faces_away_keeps_more_under_clouds() {
        let morning = at("2026-06-12T05:30:00Z");
        let sun = IntervalSun::of(morning);

        assert!(site(270.0, None).clear_sky(&sun).overcast > 0.5);
        assert!(site(90.0, None).clear_sky(&sun).overcast < 0.4);
    }

    #[test]
    fn at_its_limit_a_site_tells_nothing() {
        let held = site(180.0, Some(5_000));
        let noon = at("2026-06-12T11:00:00Z");
        let clear = held.clear_sky(&IntervalSun::of(noon));

        let expected = held.expected(noon, clear, Sky::Clear);

        assert!((expected.wh - 1_250.0).abs() < 1e-9);
        assert_eq!(held.told_clearness(noon, clear, expected.wh), None);
    }

    #[test]
    fn nothing_is_expected_at_night() {
        let south = site(180.0, None);
        let night = at("2026-06-12T23:00:00Z");
        let clear = south.clear_sky(&IntervalSun::of(night));

        assert_eq!(clear, ClearSky::default());
        assert_eq!(south.expected(night, clear, Sky::Clear), Expected::default());
        assert_eq!(south.told_clearness(night, clear, 10.0), None);
    }

    #[test]
    fn the_sun_of_a_region_is_believed_from_five_sites_on() {
        assert_eq!(region_clearness(&mut [1.0, 1.0, 1.0, 1.0]), None);
        assert_eq!(region_clearness(&mut [0.9, 0.0, 1.0, 0.8, 0.95]), Some(0.9));
    }

    #[test]
    fn solar_noon_is_near_twelve() {
        let place = Location::new(48.1, 11.6).unwrap();
        assert_eq!(solar_hour(place, at("2026-06-12T11:20:00Z")), 12);
        let san_diego = Location::new(32.9, -117.2).unwrap();
        assert_eq!(solar_hour(san_diego, at("2026-06-12T19:55:00Z")), 12);
    }

    proptest::proptest! {
        #[test]
        fn expectations_are_ordered_numbers(
            second in 0_i64..2_000_000_000, clearness in proptest::num::f64::ANY,
            change in -2.0..2.0_f64, azimuth in 0.0..360.0_f64,
        ) {
            let model = site(azimuth, Some(8_000));
            let interval = Interval::containing(Timestamp::from_second(second).unwrap());
            let clear = model.clear_sky(&IntervalSun::of(interval));
            let clearness = if clearness.is_nan() { 0.5 } else { clearness };
            for sky in [Sky::Told { clearness, change }, Sky::Usual(clearness), Sky::Clear] {
                let expected = model.expected(interval, clear, sky);
                proptest::prop_assert!(0.0 <= expected.low && expected.low <= expected.wh + 1e-9);
                proptest::prop_assert!(expected.wh <= expected.high + 1e-9);
                proptest::prop_assert!(expected.high <= 2_000.0 + 1e-9);
            }
        }
    }
}
