//! Which way a site faces, where nobody wrote it down: learned from what it
//! produced.

use jiff::tz::TimeZone;

use super::stats::{count, weighted_median};
use super::sun::{self, Instant, SunPosition};
use super::{DaySummary, clear_sky, pv};
use crate::fleet::{Array, Location};

/// How modules are mounted, as well as production tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Orientation {
    /// Angle from the horizontal, degrees.
    pub tilt_deg: f64,
    /// Direction they face, degrees clockwise from north.
    pub azimuth_deg: f64,
}

/// Tilts that are tried, degrees: from flat roofs to steep ones.
const TILTS: [f64; 9] = [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0];

/// Azimuths that are tried, degrees from the equator's side.
const TURNS: [f64; 13] =
    [-90.0, -75.0, -60.0, -45.0, -30.0, -15.0, 0.0, 15.0, 30.0, 45.0, 60.0, 75.0, 90.0];

/// Days that are needed.
const ENOUGH_DAYS: usize = 8;

/// Another orientation has to fit better by this factor, or what is known
/// stays: the season then has more to tell.
const BETTER: f64 = 0.96;

struct Seen {
    sun: SunPosition,
    light: clear_sky::Irradiance,
    ambient_c: f64,
    /// Production over the model of the present orientation.
    ratio: f64,
    present: f64,
    weight: f64,
}

/// The orientation under which production is most nearly a constant share of
/// the model, over all hours and days; `None` when the present one is as good.
#[must_use]
pub fn fit(place: Location, present: &Array, days: &[DaySummary]) -> Option<Orientation> {
    let healthy = || days.iter().filter(|day| !day.spoiled && !day.lossy);
    if healthy().count() < ENOUGH_DAYS {
        return None;
    }
    let system = pv::PvSystem::new(present, place);
    let seen: Vec<Seen> = healthy().flat_map(|day| seen(place, &system, day)).collect();
    let spread = |system: &pv::PvSystem| {
        let mut logs: Vec<(f64, f64)> = seen
            .iter()
            .filter_map(|seen| {
                let power = system.unlimited_power(seen.sun, &seen.light, seen.ambient_c);
                let log = (seen.ratio * seen.present / power).ln();
                log.is_finite().then_some((log, seen.weight))
            })
            .collect();
        let middle = weighted_median(&mut logs)?;
        let whole: f64 = logs.iter().map(|(_, weight)| weight).sum();
        let off: f64 =
            logs.iter().map(|(log, weight)| (log - middle).abs().min(1.0) * weight).sum();
        // Hours the other orientation says are dark count as fully off.
        let missing = seen.iter().map(|seen| seen.weight).sum::<f64>() - whole;
        Some((off + missing) / (whole + missing))
    };
    let toward = if place.latitude() < 0.0 { 0.0 } else { 180.0 };
    let candidates = TILTS.iter().flat_map(|tilt| {
        let turns: &[f64] = if *tilt > 0.0 { &TURNS } else { &TURNS[6..7] };
        turns.iter().map(move |turn| Orientation {
            tilt_deg: *tilt,
            azimuth_deg: (toward + turn).rem_euclid(360.0),
        })
    });
    let (best, least) = candidates
        .filter_map(|candidate| {
            Some((candidate, spread(&pv::PvSystem::new(&candidate.of(present), place))?))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))?;
    (least < BETTER * spread(&system)?).then_some(best)
}

fn seen(place: Location, present: &pv::PvSystem, day: &DaySummary) -> Vec<Seen> {
    let noon = day.day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC);
    let Ok(noon) = noon else { return Vec::new() };
    let instant = Instant::at(noon.timestamp());
    let ambient_c = pv::usual_ambient_c(place, noon.timestamp());
    day.seen(place)
        .filter(|(_, sun, ..)| sun.elevation_deg > 8.0)
        .map(|(_, sun, produced, modelled)| {
            let light = clear_sky::irradiance(&instant, sun, 1.0);
            Seen {
                sun,
                light,
                ambient_c,
                ratio: produced / modelled,
                present: present.unlimited_power(sun, &light, ambient_c),
                weight: modelled.sqrt(),
            }
        })
        .collect()
}

impl Orientation {
    /// An array mounted this way.
    #[must_use]
    pub fn of(self, array: &Array) -> Array {
        Array { tilt_deg: Some(self.tilt_deg), azimuth_deg: Some(self.azimuth_deg), ..*array }
    }
}

/// What a day would have been modelled with another array: every hour by what
/// the one gives over what the other gives under a clear sky.
pub fn remodel(day: &mut DaySummary, place: Location, from: &Array, to: &Array) {
    let (from, to) = (pv::PvSystem::new(from, place), pv::PvSystem::new(to, place));
    let Ok(noon) = day.day.at(12, 0, 0, 0).to_zoned(TimeZone::UTC) else { return };
    let instant = Instant::at(noon.timestamp());
    let ambient_c = pv::usual_ambient_c(place, noon.timestamp());
    let declination = sun::declination_deg(day.day);
    let (mut before, mut after) = (0.0, 0.0);
    for (hour, sum) in day.hours.iter_mut().enumerate() {
        let sun = sun::at_solar_hour(place, declination, count(hour) + 0.5);
        let light = clear_sky::irradiance(&instant, sun, 1.0);
        let old = from.unlimited_power(sun, &light, ambient_c);
        let new = to.unlimited_power(sun, &light, ambient_c);
        before += old;
        after += new;
        sum.modelled = if old > 0.0 { sum.modelled * narrow(new / old) } else { 0.0 };
    }
    if before > 0.0 {
        day.clear_wh *= narrow(after / before);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a factor")]
const fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::monitoring::expected::{IntervalSun, SiteModel, solar_hour};
    use crate::monitoring::{Baseline, HourSum, Rung, testing};
    use crate::time::Interval;

    fn array(tilt_deg: f64, azimuth_deg: f64) -> Array {
        Orientation { tilt_deg, azimuth_deg }.of(&testing::site(1).details.array)
    }

    fn place() -> Location {
        testing::site(1).details.location
    }

    /// Cloudless days of May of a roof that is taken for another.
    fn days(count: i32, roof: &Array, taken_for: &Array) -> Vec<DaySummary> {
        let site = testing::site(1).details;
        let model = |array: &Array| {
            let site = crate::fleet::SiteDetails { array: *array, ..site.clone() };
            SiteModel::new(&site, Baseline::untrained(1.into()))
        };
        let (real, believed) = (model(roof), model(taken_for));
        (0..count)
            .map(|day| {
                let day = jiff::civil::date(2026, 5, 1).saturating_add(day.days());
                let mut hours = [HourSum::default(); 24];
                let mut clear_wh = 0.0;
                for interval in site.zone.intervals_of(day) {
                    let sun = IntervalSun::of(interval);
                    let modelled = believed.clear_sky(&sun).wh;
                    let hour = &mut hours[solar_hour(site.location, interval)];
                    hour.produced += 0.85 * real.clear_sky(&sun).wh;
                    hour.modelled += modelled;
                    clear_wh += modelled;
                }
                let (rung, spread) = (Rung::Neighbours, 0.02);
                let (night_w, peak_w, lag) = (None, 8_000.0, None);
                let (spoiled, lossy) = (false, false);
                DaySummary {
                    day,
                    hours,
                    clear_wh,
                    rung,
                    spread,
                    night_w,
                    peak_w,
                    lag,
                    spoiled,
                    lossy,
                }
            })
            .collect()
    }

    #[test]
    fn a_roof_is_found_within_fifteen_degrees_from_what_it_produced() {
        let taken_for = array(30.0, 180.0);
        for (tilt, azimuth) in [(30.0, 270.0), (20.0, 240.0), (40.0, 110.0), (30.0, 262.0)] {
            let found =
                fit(place(), &taken_for, &days(10, &array(tilt, azimuth), &taken_for)).unwrap();

            assert!((found.azimuth_deg - azimuth).abs() <= 15.0, "{azimuth}: {found:?}");
            assert!((found.tilt_deg - tilt).abs() <= 10.0, "{tilt}: {found:?}");
        }
    }

    #[test]
    fn what_fits_already_or_has_shown_too_little_stays() {
        let (south, west) = (array(30.0, 180.0), array(30.0, 270.0));
        let mut spoiled = days(10, &west, &south);
        spoiled.iter_mut().step_by(2).for_each(|day| day.spoiled = true);

        assert_eq!(fit(place(), &south, &days(10, &south, &south)), None);
        assert_eq!(fit(place(), &south, &days(7, &west, &south)), None);
        assert_eq!(fit(place(), &south, &spoiled), None);
    }

    #[test]
    fn modelled_anew_a_day_is_a_constant_share_of_the_model() {
        let (south, west) = (array(30.0, 180.0), array(30.0, 270.0));
        let mut day = days(1, &west, &south).remove(0);

        remodel(&mut day, place(), &south, &west);

        for (hour, sun, produced, modelled) in day.seen(place()) {
            if sun.elevation_deg > 15.0 {
                let share = produced / modelled;
                assert!((share / 0.85 - 1.0).abs() < 0.15, "{hour}: {share}");
            }
        }
    }

    #[test]
    fn modelled_there_and_back_a_day_is_as_it_was() {
        let (south, west) = (array(30.0, 180.0), array(30.0, 270.0));
        let before = days(1, &west, &south).remove(0);
        let mut day = before.clone();

        remodel(&mut day, place(), &south, &west);
        assert!((day.clear_wh / before.clear_wh - 1.0).abs() > 0.02);
        remodel(&mut day, place(), &west, &south);

        assert!((day.clear_wh / before.clear_wh - 1.0).abs() < 1e-4);
        for (hour, was) in day.hours.iter().zip(&before.hours) {
            assert!(was.modelled < 5.0 || (hour.modelled / was.modelled - 1.0).abs() < 1e-4);
        }
    }

    #[test]
    fn a_quarter_hour_belongs_to_the_hour_its_sun_has() {
        let noon = Interval::containing("2026-05-01T11:20:00Z".parse().unwrap());
        let declination = sun::declination_deg(jiff::civil::date(2026, 5, 1));

        let hour = solar_hour(place(), noon);

        let sun = sun::at_solar_hour(place(), declination, count(hour) + 0.5);
        assert!((sun.azimuth_deg - 180.0).abs() < 15.0, "{sun:?}");
    }
}
