//! The first data of a site against what is on record of it.
//!
//! A clear-sky model is made for what is on record and for what would be on
//! record if one thing were mistaken: the roof turned, the clock shifted. The
//! one that explains the shape of the day best, by a clear margin, is named.
//! Size is judged last, by what remains: no weather makes more than a clear sky.

use jiff::{SignedDuration, Timestamp};

use super::compass_words;
use crate::fleet::{Array, Location};
use crate::monitoring::pv::PvSystem;
use crate::monitoring::sun::{Instant, SunPosition};
use crate::monitoring::{clear_sky, pv};
use crate::time::Interval;

/// Measured energy of the whole site in a quarter hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Which quarter hour.
    pub interval: Interval,
    /// Mean power in watts; negative where a meter counts the wrong way.
    pub watts: f64,
}

/// What is on record of the site.
#[derive(Debug, Clone, PartialEq)]
pub struct OnRecord {
    /// Where it stands.
    pub location: Location,
    /// Its roof faces.
    pub faces: Vec<Array>,
    /// What its inverters, or the grid, let through at most, in watts.
    pub limit_w: Option<f64>,
    /// Serial numbers of its inverters.
    pub inverters: Vec<String>,
}

/// Something about the first data that does not fit what is on record.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// The roof faces another way.
    Azimuth {
        /// Direction of the first face on record, degrees from north.
        recorded: f64,
        /// The one that explains the data.
        likely: f64,
    },
    /// There is more, or less, than is on record.
    Capacity {
        /// On record, kWp.
        recorded: f64,
        /// What explains the data, kWp.
        likely: f64,
    },
    /// The clock of the data is off.
    TimeShift {
        /// By how many minutes it is late; early when negative.
        minutes: i64,
    },
    /// Production is counted as consumption.
    MeterDirection,
    /// Inverters on record of which nothing comes.
    MissingInverter {
        /// Their serial numbers.
        serials: Vec<String>,
    },
}

impl Finding {
    /// What is wrong, in a sentence.
    #[must_use]
    pub fn claim(&self) -> String {
        match self {
            Self::Azimuth { recorded, likely } => format!(
                "The roof seems to face {}, not {}.",
                compass_words(*likely),
                compass_words(*recorded)
            ),
            Self::Capacity { recorded, likely } if likely > recorded => {
                format!("There is more than on record: about {likely:.1} kWp, not {recorded:.1}.")
            }
            Self::Capacity { recorded, likely } => {
                format!("There is less than on record: about {likely:.1} kWp, not {recorded:.1}.")
            }
            Self::TimeShift { minutes } => format!(
                "The clock of the data is {} {}.",
                in_hours(minutes.unsigned_abs()),
                if *minutes > 0 { "late" } else { "early" }
            ),
            Self::MeterDirection => "Production arrives with a minus sign.".to_owned(),
            Self::MissingInverter { serials } => match serials.as_slice() {
                [one] => format!("Nothing comes from inverter {one}."),
                many => {
                    format!("Nothing comes from {} inverters: {}.", many.len(), many.join(", "))
                }
            },
        }
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub fn remedy(&self) -> String {
        match self {
            Self::Azimuth { likely, .. } => format!(
                "East and west are easily swapped. Look at the roof plan; if it says so, set the direction to {likely:.0}°."
            ),
            Self::Capacity { .. } => {
                "Compare the number of modules on the invoice with the capacity on record.".to_owned()
            }
            Self::TimeShift { .. } => {
                "Check the time zone on record and the one set in the vendor’s portal.".to_owned()
            }
            Self::MeterDirection => {
                "The installer has to turn the meter’s current clamps, or its direction in the settings.".to_owned()
            }
            Self::MissingInverter { .. } => {
                "Check that it is switched on and listed in the vendor’s portal.".to_owned()
            }
        }
    }
}

fn in_hours(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} minutes"),
        (1, 0) => "1 hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// A point of the comparison, for a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Which quarter hour.
    pub interval: Interval,
    /// Mean power measured, watts.
    pub measured_w: f64,
    /// What a clear sky gives by what is on record, watts.
    pub clear_w: f64,
}

/// What the first data showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Verification {
    /// When they were looked at.
    pub at: Timestamp,
    /// Whether there was light enough to judge by.
    pub conclusive: bool,
    /// Energy measured over that of a clear sky; none in the dark.
    pub share: Option<f64>,
    /// What does not fit.
    pub findings: Vec<Finding>,
    /// The comparison, in the order of time.
    pub curve: Vec<Compared>,
}

/// Share of the clear-sky model that arrives at a meter on a clear day.
const GAIN: f64 = 0.88;

/// Quarter hours with light that a judgement needs: three hours.
const ENOUGH: usize = 12;

/// A quarter hour has light when a clear sky gives this share of the capacity.
const LIT: f64 = 0.15;

/// Misfit above which the record does not explain the data.
const POOR: f64 = 0.16;

/// Another explanation has to misfit less by this factor.
const BETTER: f64 = 0.62;

/// Misfit at which an explanation is a good one.
const FITS: f64 = 0.30;

/// Shares of the clear sky between which a capacity is not doubted: above,
/// no weather explains it; below only on a day without clouds.
const PLAUSIBLE: std::ops::RangeInclusive<f64> = 0.55..=1.12;

/// Compares measured data with what is on record. `reporting` are the serial
/// numbers from which anything came; none where the vendor tells only sums.
#[must_use]
pub fn verify(
    record: &OnRecord,
    reporting: Option<&[String]>,
    measured: &[Measured],
    at: Timestamp,
) -> Verification {
    let sky = Sky::over(record.location, measured);
    let clear = sky.power(&record.faces, record.limit_w, 0.0, 0);
    let capacity_w: f64 = record.faces.iter().map(|face| face.capacity.kwp() * 1_000.0).sum();
    let lit = |watts: &f64| *watts > LIT * capacity_w;
    let curve: Vec<Compared> = measured
        .iter()
        .zip(&clear)
        .map(|(it, clear)| Compared {
            interval: it.interval,
            measured_w: it.watts,
            clear_w: *clear,
        })
        .collect();
    let bright = clear.iter().filter(|watts| lit(watts)).count();
    let sum: f64 = measured.iter().map(|it| it.watts).sum();
    let sum_clear: f64 = clear.iter().sum();
    let mut seen = Verification {
        at,
        conclusive: bright >= ENOUGH,
        share: (sum_clear > 0.0).then(|| sum / sum_clear),
        findings: Vec::new(),
        curve,
    };
    if !seen.conclusive {
        return seen;
    }
    let watts: Vec<f64> = measured.iter().map(|it| it.watts).collect();
    if sum < -0.1 * sum_clear {
        seen.findings.push(Finding::MeterDirection);
        return seen;
    }
    let missing = missing(record, reporting);
    let explained = explain(record, &sky, &watts, &clear);
    seen.findings.extend(explained.finding);
    let listed = record.inverters.len().max(1);
    #[expect(clippy::cast_precision_loss, reason = "a handful of inverters")]
    let there = (listed - missing.len().min(listed)) as f64 / listed as f64;
    let scale = explained.scale / there.max(0.1);
    let doubted =
        scale > *PLAUSIBLE.end() || (scale < *PLAUSIBLE.start() && explained.misfit < FITS);
    if doubted {
        let recorded = capacity_w / 1_000.0;
        let likely = (recorded * scale / GAIN * 10.0).round() / 10.0;
        seen.findings.push(Finding::Capacity { recorded, likely });
    }
    if !missing.is_empty() {
        seen.findings.push(Finding::MissingInverter { serials: missing });
    }
    seen
}

fn missing(record: &OnRecord, reporting: Option<&[String]>) -> Vec<String> {
    let Some(reporting) = reporting else { return Vec::new() };
    let comes = |serial: &&String| !reporting.iter().any(|it| it.eq_ignore_ascii_case(serial));
    record.inverters.iter().filter(comes).cloned().collect()
}

/// The best explanation of the shape of the data.
struct Explained {
    finding: Option<Finding>,
    /// Measured over model, by the upper part of what is seen: clouds only
    /// take away.
    scale: f64,
    misfit: f64,
}

fn explain(record: &OnRecord, sky: &Sky, watts: &[f64], clear: &[f64]) -> Explained {
    let (scale, misfit) = fit(watts, clear);
    let as_recorded = Explained { finding: None, scale, misfit };
    if misfit < POOR {
        return as_recorded;
    }
    let turned = (1..24_u8).map(|turn| {
        let degrees = f64::from(turn) * 15.0;
        let model = sky.power(&record.faces, record.limit_w, degrees, 0);
        let recorded = record.faces.first().and_then(|face| face.azimuth_deg).unwrap_or(180.0);
        let likely = (recorded + degrees).rem_euclid(360.0);
        (Finding::Azimuth { recorded, likely }, fit(watts, &model))
    });
    let shifted = (-24..=24_i64).filter(|halves| *halves != 0).map(|halves| {
        let model = sky.power(&record.faces, record.limit_w, 0.0, halves * 30);
        (Finding::TimeShift { minutes: halves * 30 }, fit(watts, &model))
    });
    let best = turned.chain(shifted).min_by(|a, b| a.1.1.total_cmp(&b.1.1));
    match best {
        Some((finding, (scale, found))) if found < BETTER * misfit && found < FITS => {
            Explained { finding: Some(finding), scale, misfit: found }
        }
        _ => as_recorded,
    }
}

/// How far the data are from a model that is scaled to them: the scale, and
/// the share of energy that does not fit, in which what is missing under cloud
/// counts less than what should not be there.
fn fit(watts: &[f64], model: &[f64]) -> (f64, f64) {
    let most = model.iter().copied().fold(0.0, f64::max);
    let mut ratios: Vec<f64> = watts
        .iter()
        .zip(model)
        .filter(|(_, model)| **model > 0.2 * most && most > 0.0)
        .map(|(watts, model)| watts / model)
        .collect();
    if ratios.is_empty() {
        return (0.0, 1.0);
    }
    ratios.sort_by(f64::total_cmp);
    let scale = ratios[ratios.len() * 4 / 5].max(0.01);
    let (mut off, mut whole) = (0.0, 0.0);
    for (watts, model) in watts.iter().zip(model) {
        let expected = scale * model;
        off += if *watts > expected { watts - expected } else { 0.7 * (expected - watts) };
        whole += watts.max(expected);
    }
    (scale, if whole > 0.0 { off / whole } else { 1.0 })
}

/// The light at a place in every quarter hour that was measured, and half a
/// day around it.
struct Sky {
    place: Location,
    /// Light in quarter hours without a gap.
    light: Vec<(SunPosition, clear_sky::Irradiance, f64)>,
    /// Where each quarter hour measured stands among them.
    at: Vec<usize>,
}

/// Quarter hours of half a day.
const HALF_DAY: i64 = 48;

impl Sky {
    fn over(place: Location, measured: &[Measured]) -> Self {
        let index = |it: &Measured| it.interval.index();
        let first = measured.iter().map(index).min().unwrap_or(0) - HALF_DAY;
        let last = measured.iter().map(index).max().unwrap_or(0) + HALF_DAY;
        let light = (first..=last.min(first + 7 * 96)).map(|index| {
            let middle = Interval::SECONDS * index + Interval::SECONDS / 2;
            let at = Timestamp::from_second(middle).unwrap_or(Timestamp::UNIX_EPOCH);
            let instant = Instant::at(at);
            let sun = instant.seen_from(place);
            (sun, clear_sky::irradiance(&instant, sun, 1.0), pv::usual_ambient_c(place, at))
        });
        let at = measured
            .iter()
            .map(|it| usize::try_from(index(it) - first).unwrap_or(usize::MAX))
            .collect();
        Self { place, light: light.collect(), at }
    }

    /// Clear-sky power of a roof turned by some degrees, as a clock shows it
    /// that is late by some minutes.
    fn power(
        &self,
        faces: &[Array],
        limit_w: Option<f64>,
        turn_deg: f64,
        late_min: i64,
    ) -> Vec<f64> {
        let systems: Vec<PvSystem> = faces
            .iter()
            .map(|face| {
                let azimuth = face.azimuth_deg.map(|it| (it + turn_deg).rem_euclid(360.0));
                PvSystem::new(&Array { azimuth_deg: azimuth, ..*face }, self.place)
            })
            .collect();
        let shift = SignedDuration::from_mins(late_min).as_secs() / Interval::SECONDS;
        self.at
            .iter()
            .map(|at| {
                let at = i64::try_from(*at).unwrap_or(i64::MAX).saturating_sub(shift);
                let light = usize::try_from(at).ok().and_then(|at| self.light.get(at));
                let Some((sun, light, ambient)) = light else { return 0.0 };
                if sun.elevation_deg <= 0.0 {
                    return 0.0;
                }
                let power: f64 =
                    systems.iter().map(|it| it.unlimited_power(*sun, light, *ambient)).sum();
                limit_w.map_or(power, |limit| power.min(limit))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
