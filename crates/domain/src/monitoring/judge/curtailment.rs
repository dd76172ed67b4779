//! Power is held at a limit below what the sun would give.

use jiff::civil::Date;

use super::words::percent;
use super::{AnomalyKind, Case, Draft, NextStep, Point};
use crate::monitoring::stats::{count, median, quantile};

/// Held quarter hours in a day before it is a limit: an hour.
const HELD: usize = 4;

/// Held is within this share of the level; soft limits ripple by about 1 %.
const FLAT: f64 = 0.015;

/// More than this share above the level has to be expected while it is held.
const ABOVE: f64 = 1.05;

/// Of the quarter hours with so much expected this share has to be held.
const MOSTLY: f64 = 0.75;

/// Below the level production has to follow the sun at least this well, or a
/// share of the site is missing instead.
const FOLLOWS: f64 = 0.85;

/// ... and better by this much than at the level: a missing share is missing
/// at noon as it is in the morning.
const BETTER: f64 = 0.04;

/// A level below this share of the capacity is a fault, not a limit.
const LOWEST: f64 = 0.1;

/// Where the inverters' rating is not known, a level from this share of the
/// capacity on may well be it.
const RATING: f64 = 0.9;

struct Held {
    day: Date,
    level: f64,
    since: jiff::Timestamp,
    lost_wh: f64,
}

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let judged: Vec<(Date, &Point, f64)> =
        case.judged().map(|(point, actual)| (case.day_of(point), point, actual)).collect();
    let mut held: Vec<Held> = Vec::new();
    let mut reached = 0.0_f64;
    for day in judged.chunk_by(|a, b| a.0 == b.0).rev() {
        let Some(found) = held_on(case, day) else {
            // Where nothing tells a limit, power beyond it tells its absence.
            reached = reached.max(reached_on(day));
            if held.iter().any(|held| reached > 1.06 * held.level) {
                break;
            }
            continue;
        };
        if reached > 1.06 * found.level {
            break;
        }
        held.push(found);
    }
    let (newest, oldest) = (held.first()?, held.last()?);
    let reaches_back = oldest.day == case.site.zone.day(case.first());
    let per_day_wh = held.iter().map(|day| day.lost_wh).fold(0.0, f64::max);
    let since = case.began(AnomalyKind::Curtailment, oldest.since, reaches_back);
    let rating = case.site.array.ac_limit.map_or(case.capacity_wh * 4.0, |w| w.kw() * 1000.0);
    Some(Draft {
        kind: AnomalyKind::Curtailment,
        since,
        lost_wh: held.iter().map(|day| day.lost_wh).sum::<f64>()
            + case.lost_before(since, per_day_wh),
        per_day_wh,
        cause: format!(
            "Held at {} of rating at midday. The export limit looks wrong.",
            percent(newest.level * 4.0 / rating)
        ),
        next_step: NextStep::FixRemotely,
    })
}

/// What a day reached in as many quarter hours as a limit needs.
fn reached_on(day: &[(Date, &Point, f64)]) -> f64 {
    let mut produced: Vec<f64> = day.iter().map(|day| day.2).collect();
    produced.sort_unstable_by(|a, b| b.total_cmp(a));
    produced.get(HELD - 1).copied().unwrap_or(0.0)
}

/// The level at which a day was held, if it was.
fn held_on(case: &Case<'_>, day: &[(Date, &Point, f64)]) -> Option<Held> {
    let mut produced: Vec<f64> =
        day.iter().filter(|(_, point, _)| case.is_bright(point)).map(|day| day.2).collect();
    let level = quantile(&mut produced, 0.9).filter(|level| *level > LOWEST * case.capacity_wh)?;
    if case.site.array.ac_limit.is_none() && level >= RATING * case.capacity_wh {
        return None;
    }
    let date = day.first()?.0;
    let at_level = |actual: f64| (actual / level - 1.0).abs() <= FLAT;
    let could: Vec<_> =
        day.iter().filter(|(_, point, _)| point.expected.wh > ABOVE * level).collect();
    let flat: Vec<_> = could.iter().filter(|(_, _, actual)| at_level(*actual)).collect();
    let mut below: Vec<f64> = day
        .iter()
        .filter(|(_, point, _)| {
            point.expected.wh < 0.9 * level && point.expected.wh > 0.05 * case.capacity_wh
        })
        .map(|(_, point, actual)| actual / point.expected.wh)
        .collect();
    let mut top: Vec<f64> =
        flat.iter().map(|(_, point, actual)| actual / point.expected.wh).collect();
    let follows = below.len() >= 3
        && median(&mut below)
            .zip(median(&mut top))
            .is_some_and(|(below, top)| below >= FOLLOWS && below - top >= BETTER);
    let mostly = count(flat.len()) >= MOSTLY * count(could.len());
    // A flat line means something only while the sun moves.
    let expected = || flat.iter().map(|(_, point, _)| point.expected.wh);
    let moved = expected().fold(0.0, f64::max) - expected().fold(f64::INFINITY, f64::min);
    if flat.len() < HELD || !mostly || !follows || moved < 0.02 * level {
        return None;
    }
    Some(Held {
        day: date,
        level,
        since: flat.first()?.1.interval.start(),
        lost_wh: flat.iter().map(|(_, point, actual)| point.expected.wh - actual).sum(),
    })
}
