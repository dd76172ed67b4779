use jiff::civil::Date;

use super::expected::{SiteModel, solar_hour};
use super::rules::Point;
use super::sun::{self, SunPosition};
use super::{Baseline, Lag, Rung};
use crate::fleet::Location;

/// An hour of the mean solar day: what was produced, and what the model gives
/// under the sky there was, before gain and profile; both in Wh, over the same
/// quarter hours.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HourSum {
    /// Produced.
    pub produced: f32,
    /// Modelled.
    pub modelled: f32,
}

/// What a local day of a site taught: small enough that months are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DaySummary {
    /// The local day.
    pub day: Date,
    /// By hour of the mean solar day. Only quarter hours count that readings
    /// cover, whose sky is known, and in which nothing else was wrong.
    pub hours: [HourSum; 24],
    /// What the model gives on the whole day under a cloudless sky, before gain
    /// and profile, Wh.
    pub clear_wh: f32,
    /// Where the sky came from on most of the day.
    pub rung: Rung,
    /// How far the neighbours disagreed about it, as a share, over the day.
    pub spread: f32,
    /// Power reported while the sun was well below the horizon: the middle of
    /// the quarter hours, W. `None` without any.
    pub night_w: Option<f32>,
    /// Highest mean power of a quarter hour, W.
    pub peak_w: f32,
    /// By how much the day's curve lies off; `None` where it tells nothing.
    pub lag: Option<Lag>,
    /// Whether its readings cannot be compared with others: a wrong clock, a
    /// limit, values that cannot be.
    pub spoiled: bool,
    /// Whether production was known to be less than the site can do.
    pub lossy: bool,
}

/// How a day compares with what a site has shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayIndex {
    /// Which day.
    pub day: Date,
    /// Natural logarithm of production over expected; 0 as expected.
    pub whole: f64,
    /// The same before 11:00 solar time; `None` with too little light.
    pub morning: Option<f64>,
    /// The same after 13:00 solar time.
    pub afternoon: Option<f64>,
    /// The whole day against what each hour of the day gave over the last
    /// months: unlike `whole` it keeps what changes slowly.
    pub level: f64,
    /// Expected energy of the hours that count, as a share of a cloudless day.
    pub weight: f64,
    /// Where the sky came from.
    pub rung: Rung,
    /// How far the neighbours disagreed about it.
    pub spread: f64,
    /// Whether its readings cannot be compared; see [`DaySummary::spoiled`].
    pub spoiled: bool,
    /// Whether a loss was known; see [`DaySummary::lossy`].
    pub lossy: bool,
}

impl DaySummary {
    /// Sums a local day up. `explained` tells for a point whether something
    /// else was wrong then.
    #[must_use]
    pub fn of(
        day: Date,
        model: &SiteModel,
        reports_at_night: bool,
        points: &[Point],
        explained: impl Fn(&Point) -> bool,
    ) -> Self {
        let mut hours = [HourSum::default(); 24];
        let mut rungs: Vec<Rung> = Vec::new();
        let mut night = Vec::new();
        let (mut clear_wh, mut peak_w) = (0.0, 0.0_f64);
        let (mut disagreed, mut modelled) = (0.0, 0.0);
        for point in points {
            clear_wh += point.model_wh;
            if let Some(power) = point.power_w
                && point.sun.elevation_deg < NIGHT_BELOW_DEG
            {
                night.push(f64::from(power.mean));
            }
            let Some(actual) = point.actual() else { continue };
            peak_w = peak_w.max(actual * 4.0);
            if !point.teaches || explained(point) {
                continue;
            }
            rungs.push(point.rung);
            disagreed += point.spread * point.modelled_wh;
            modelled += point.modelled_wh;
            let hour = &mut hours[solar_hour(model.place(), point.interval)];
            hour.produced += narrow(actual);
            hour.modelled += narrow(point.modelled_wh);
        }
        // Most of the day: the rung in the middle of those in order.
        rungs.sort_unstable();
        let rung = rungs.get(rungs.len() / 2).copied().unwrap_or(Rung::ClearSky);
        Self {
            day,
            hours,
            clear_wh: narrow(clear_wh),
            rung,
            spread: if modelled > 0.0 { narrow(disagreed / modelled) } else { 1.0 },
            night_w: super::stats::median(&mut night).map(narrow),
            peak_w: narrow(peak_w),
            lag: super::lag::of_day(points, !reports_at_night),
            spoiled: false,
            lossy: false,
        }
    }

    /// The summary of a part of a day whose whole the model gives so much.
    #[must_use]
    pub fn of_whole_day(self, clear_wh: f64) -> Self {
        Self { clear_wh: narrow(clear_wh), ..self }
    }

    /// The hours with their sun, produced and modelled.
    pub(super) fn seen(
        &self,
        place: Location,
    ) -> impl Iterator<Item = (usize, SunPosition, f64, f64)> + '_ {
        let declination = sun::declination_deg(self.day);
        self.hours.iter().enumerate().filter(|(_, sum)| sum.modelled > 0.0).map(
            move |(hour, sum)| {
                let sun = sun::at_solar_hour(place, declination, super::stats::count(hour) + 0.5);
                (hour, sun, f64::from(sum.produced), f64::from(sum.modelled))
            },
        )
    }

    /// The day against a baseline; `None` where it holds too little to say
    /// anything.
    #[must_use]
    pub fn index(&self, place: Location, baseline: &Baseline) -> Option<DayIndex> {
        let mut parts = [(0.0, 0.0); 3];
        let mut steady = 0.0;
        for (hour, sun, produced, modelled) in self.seen(place) {
            steady += modelled * f64::from(baseline.hours[hour]);
            let expected = modelled * baseline.share(sun);
            let part = if hour < 11 {
                0
            } else if hour < 13 {
                1
            } else {
                2
            };
            parts[part] = (parts[part].0 + produced, parts[part].1 + expected);
        }
        let (produced, expected) =
            parts.iter().fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let cloudless = f64::from(self.clear_wh) * baseline.gain;
        let weight = if cloudless > 0.0 { expected / cloudless } else { 0.0 };
        let log = |part: (f64, f64)| (part.0 / part.1).max(LEAST).ln();
        let of_part = |part: (f64, f64)| (part.1 > 0.06 * cloudless).then(|| log(part));
        (weight > 0.05).then(|| DayIndex {
            day: self.day,
            whole: log((produced, expected)),
            morning: of_part(parts[0]),
            afternoon: of_part(parts[2]),
            level: log((produced, steady)),
            weight,
            rung: self.rung,
            spread: f64::from(self.spread),
            spoiled: self.spoiled,
            lossy: self.lossy,
        })
    }
}

/// A share of expected below which the logarithm is not taken.
const LEAST: f64 = 0.01;

/// The sun this far below the horizon gives no light that a module would
/// notice, whatever the clock's error of some minutes.
pub(super) const NIGHT_BELOW_DEG: f64 = -8.0;

#[expect(clippy::cast_possible_truncation, reason = "seven digits are enough for sums")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::testing::{World, at, clear, grey, mixed};

    fn yesterday(world: &World) -> DaySummary {
        world.days(at("06-12T00:00")).pop().unwrap()
    }

    fn index(world: &World) -> Option<DayIndex> {
        yesterday(world).index(world.site.location, &world.baseline)
    }

    #[test]
    fn a_day_is_compared_whole_and_in_its_halves() {
        let check = |left: fn(&Point) -> f64, whole: f64, morning: f64, afternoon: f64| {
            let world = World::under(mixed).giving("06-11T00:00", "06-12T00:00", left);
            let index = index(&world).unwrap();
            for (found, expected) in [
                (index.whole, whole),
                (index.morning.unwrap(), morning),
                (index.afternoon.unwrap(), afternoon),
            ] {
                assert!((found.exp() - expected).abs() < 0.04, "{expected}: {index:?}");
            }
        };

        check(|point| point.produced_wh, 1.0, 1.0, 1.0);
        check(|point| 0.7 * point.produced_wh, 0.7, 0.7, 0.7);
        check(
            |point| if point.sun.azimuth_deg < 150.0 { 0.5 } else { 1.0 } * point.produced_wh,
            0.82,
            0.5,
            1.0,
        );
    }

    #[test]
    fn what_has_another_cause_does_not_count() {
        let world = World::under(clear).losing("06-11T10:00", "06-11T13:00", 0.0);
        let points = &world.points[41 * 96..42 * 96];
        let model = SiteModel::new(&world.site, world.baseline.clone());
        let off = at("06-11T10:00")..at("06-11T13:00");
        let day = yesterday(&world).day;

        let told = DaySummary::of(day, &model, false, points, |point| {
            off.contains(&point.interval.start())
        });

        let index = told.index(world.site.location, &world.baseline).unwrap();
        assert!(index.whole.abs() < 0.03, "{index:?}");
        assert!(index.weight < 0.75, "{index:?}");
        assert!(super::tests::index(&world).unwrap().whole < -0.2);
    }

    #[test]
    fn a_dark_day_weighs_little_and_one_without_readings_nothing() {
        let bright = index(&World::under(clear)).unwrap();
        let dark = index(&World::under(grey)).unwrap();

        assert!(bright.weight > 0.9 && dark.weight < 0.4, "{bright:?} {dark:?}");
        assert_eq!(index(&World::under(clear).silent("06-11T00:00", "06-12T00:00")), None);
    }

    #[test]
    fn a_summary_keeps_the_night_the_peak_and_who_told_the_sky() {
        let mut world = World::under(clear);
        assert_eq!(yesterday(&world).night_w, None);
        world = world.during("06-11T00:00", "06-12T00:00", |point| {
            if point.sun.elevation_deg < -2.0 {
                let watts = crate::monitoring::rules::Watts { low: 40.0, mean: 50.0, high: 60.0 };
                point.power_w = Some(watts);
            }
        });

        let told = yesterday(&world);

        assert_eq!((told.night_w, told.rung), (Some(50.0), Rung::Neighbours));
        assert!((60_000.0..100_000.0).contains(&told.peak_w), "{told:?}");
        assert!(told.spread < 0.05 && told.clear_wh > 500_000.0, "{told:?}");
    }
}
