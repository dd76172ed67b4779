use std::ops::RangeInclusive;

use super::{AZIMUTH_STEP, AZIMUTHS, Baseline, ELEVATION_STEP, ELEVATIONS, LOWEST, NODES, Profile};
use crate::fleet::Location;
use crate::monitoring::DaySummary;
use crate::monitoring::stats::{count, median, quantile, weighted_median};
use crate::monitoring::sun::SunPosition;

/// Healthy days from which a baseline is learned, the newest first. Long enough
/// to outlast weather, short enough that the season's geometry stays alike.
pub const HEALTHY_DAYS: usize = 45;

/// Days on which a site has to have reported before its gain is believed.
const ENOUGH_DAYS: usize = 5;

/// Gains outside of this are errors of capacity rather than of the site.
pub const GAINS: RangeInclusive<f64> = 0.02..=4.0;

/// The same where nobody told the capacity: from a balcony to the largest plant.
pub const ANY_GAIN: RangeInclusive<f64> = 0.000_1..=1.0e6;

/// A sample speaks for places of the sky up to this far away, degrees.
const REACH: (f64, f64) = (15.0, 12.0);

/// Days after which a sample counts half: dirt and seasons move slowly.
const HALF_LIFE_DAYS: f64 = 30.0;

/// Samples, in weight of whole fresh ones, that a place of the sky needs for a
/// value of its own.
const ENOUGH_WEIGHT: f64 = 2.0;

/// A day of less light than this share of a cloudless one scatters too much to
/// tell how far days scatter.
const TELLING_DAY: f64 = 0.3;

struct Sample {
    sun: SunPosition,
    ratio: f64,
    weight: f64,
}

/// Learns what a site can do from its summaries, oldest first. Spoiled and
/// lossy days teach nothing, so that a fault does not become the new normal;
/// only the usual hours take the lossy ones in, against which slow losses are
/// measured. A share of the model outside `gains` is none. Returns what was known before when too little was seen.
#[must_use]
pub fn learn(
    known: &Baseline,
    place: Location,
    gains: &RangeInclusive<f64>,
    days: &[DaySummary],
) -> Baseline {
    let healthy: Vec<&DaySummary> = days
        .iter()
        .rev()
        .filter(|day| {
            !day.spoiled && !day.lossy && day.hours.iter().any(|hour| hour.modelled > 0.0)
        })
        .take(HEALTHY_DAYS)
        .collect();
    let (Some(newest), Some(oldest)) = (healthy.first(), healthy.last()) else {
        return known.clone();
    };
    if healthy.len() < ENOUGH_DAYS {
        return known.clone();
    }
    let samples: Vec<Sample> = healthy
        .iter()
        .flat_map(|day| {
            let age = newest.day.since(day.day).map_or(0.0, |span| f64::from(span.get_days()));
            let fresh = 0.5_f64.powf(age / HALF_LIFE_DAYS);
            let brightest = day.hours.iter().fold(0.0_f32, |most, hour| most.max(hour.modelled));
            day.seen(place).map(move |(_, sun, produced, modelled)| Sample {
                sun,
                ratio: produced / modelled,
                weight: fresh * (modelled / f64::from(brightest.max(1.0))).sqrt(),
            })
        })
        .collect();
    let mut ratios: Vec<(f64, f64)> = samples.iter().map(|s| (s.ratio, s.weight)).collect();
    let Some(gain) = weighted_median(&mut ratios).filter(|gain| gains.contains(gain)) else {
        return known.clone();
    };
    let told = healthy.iter().filter(|day| day.rung.is_told()).count();
    let taught = (count(healthy.len()) / 25.0).min(1.0);
    let shared = count(told) / count(healthy.len());
    let learned = Baseline {
        gain,
        profile: profile(&samples, gain),
        hours: hours(days, gain),
        confidence: taught * (0.5 + 0.5 * shared),
        version: known.version.saturating_add(1),
        trained: Some((oldest.day, newest.day)),
        ..known.clone()
    };
    let mut peaks: Vec<f64> = healthy.iter().map(|day| f64::from(day.peak_w)).collect();
    let mut skies: Vec<f64> = healthy
        .iter()
        .filter_map(|day| {
            let produced: f32 = day.hours.iter().map(|hour| hour.produced).sum();
            let share = f64::from(produced) / (f64::from(day.clear_wh) * gain);
            share.is_finite().then_some(share)
        })
        .collect();
    Baseline {
        scatter: scatter(&learned, place, &healthy).unwrap_or(known.scatter),
        peak_w: quantile(&mut peaks, 0.95).unwrap_or(known.peak_w),
        usual_sky: median(&mut skies).unwrap_or(known.usual_sky).clamp(0.1, 1.0),
        ..learned
    }
}

/// What each hour gave, by the middle of all days that can be compared.
fn hours(days: &[DaySummary], gain: f64) -> [f32; 24] {
    std::array::from_fn(|hour| {
        let mut seen: Vec<(f64, f64)> = days
            .iter()
            .filter(|day| !day.spoiled && day.hours[hour].modelled > 0.0)
            .map(|day| {
                let sum = day.hours[hour];
                (f64::from(sum.produced / sum.modelled), f64::from(sum.modelled))
            })
            .collect();
        narrow(weighted_median(&mut seen).unwrap_or(gain))
    })
}

/// How far healthy days of good light lie from expected, by the middle of
/// their distances (1.4826 times it is the standard deviation of a normal
/// distribution).
fn scatter(learned: &Baseline, place: Location, healthy: &[&DaySummary]) -> Option<f64> {
    let mut off: Vec<f64> = healthy
        .iter()
        .filter_map(|day| day.index(place, learned))
        .filter(|index| index.weight > TELLING_DAY)
        .map(|index| index.whole.abs())
        .collect();
    if off.len() < ENOUGH_DAYS {
        return None;
    }
    Some((1.4826 * median(&mut off)?).clamp(0.012, 0.15))
}

fn profile(samples: &[Sample], gain: f64) -> Profile {
    let mut values = vec![1.0_f32; NODES];
    let mut near: Vec<(f64, f64)> = Vec::new();
    for azimuth in 0..AZIMUTHS {
        let azimuth_deg = count(azimuth) * AZIMUTH_STEP;
        let beside: Vec<(&Sample, f64)> = samples
            .iter()
            .filter_map(|sample| {
                let off = (sample.sun.azimuth_deg - azimuth_deg + 540.0).rem_euclid(360.0) - 180.0;
                let closeness = 1.0 - off.abs() / REACH.0;
                (closeness > 0.0).then_some((sample, closeness))
            })
            .collect();
        if beside.is_empty() {
            continue;
        }
        for elevation in 0..ELEVATIONS {
            let elevation_deg = LOWEST + count(elevation) * ELEVATION_STEP;
            let off = |sample: &Sample| (sample.sun.elevation_deg - elevation_deg).abs();
            near.clear();
            near.extend(beside.iter().filter_map(|(sample, closeness)| {
                let close = closeness * (1.0 - off(sample) / REACH.1);
                (close > 0.0).then_some((sample.ratio, sample.weight * close))
            }));
            if near.iter().map(|(_, weight)| weight).sum::<f64>() < ENOUGH_WEIGHT {
                // The sun was not there lately: what it did nearest to there.
                near.clear();
                near.extend(beside.iter().map(|(sample, closeness)| {
                    let far = 1.0 + off(sample) / ELEVATION_STEP;
                    (sample.ratio, sample.weight * closeness / far.powi(2))
                }));
            }
            if let Some(usual) = weighted_median(&mut near) {
                values[azimuth * ELEVATIONS + elevation] = narrow((usual / gain).clamp(0.02, 4.0));
            }
        }
    }
    Profile(values)
}

#[expect(clippy::cast_possible_truncation, reason = "a factor")]
const fn narrow(value: f64) -> f32 {
    value as f32
}
