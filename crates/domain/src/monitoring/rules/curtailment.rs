//! Power is held at a limit below what the sun would give.

use super::words::{kilowatts, percent};
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Point, Threshold, explained};
use crate::monitoring::stats::{count, median};

/// Held quarter hours in a day before it is a limit: an hour and a quarter.
pub(super) const HELD: usize = 5;

/// Held is within this share of the level; soft limits ripple by about 1 %.
const FLAT: f64 = 0.02;

/// More than this share above the level has to be expected while it is held.
const ABOVE: f64 = 1.05;

/// Of the quarter hours with so much expected this share has to be held.
const MOSTLY: f64 = 0.7;

/// A level explains the day better than a missing share does: its error is less
/// than this part of the share's.
const BETTER: f64 = 0.45;

/// ... and leaves at most this share of production unexplained.
const UNEXPLAINED: f64 = 0.04;

/// Below the level production has to follow the sun at least this well, or a
/// share of the site is missing instead.
const FOLLOWS: f64 = 0.82;

/// A level below this share of the capacity is a fault, not a limit.
const LOWEST: f64 = 0.1;

/// Days that have to be held alike, unless more than this share above the level
/// was expected.
const DAYS: usize = 2;
const PLAIN: f64 = 1.25;

/// On a single day a level that ripples has to be held for so many quarter
/// hours, and in this share of them: thin cloud over a noon looks as flat for an
/// hour and a half. A hard limit gives the same value each time, within `HARD`.
const RIPPLING: usize = 7;
const MOSTLY_RIPPLING: f64 = 0.8;
const HARD: f64 = 0.002;

/// From this share of the highest power ever shown on, the level is the
/// inverters' own.
const OWN: f64 = 0.95;

struct Held {
    /// So much more was expected that a single day is enough.
    plain: bool,
    level: f64,
    since: jiff::Timestamp,
    until: jiff::Timestamp,
    lost_wh: f64,
}

type Seen<'a> = (&'a Point, f64);

pub(super) fn find(case: &Case<'_>, found: &[Draft]) -> Option<Draft> {
    let hidden = [AnomalyKind::StuckSensor, AnomalyKind::Outage];
    let days: Vec<Vec<Seen<'_>>> = case
        .by_day()
        .map(|day| {
            day.iter()
                .filter(|point| !explained(found, &hidden, point.interval.start()))
                .filter_map(|point| Some((point, point.actual()?)))
                .collect()
        })
        .collect();
    let mut held: Vec<Held> = Vec::new();
    let mut beyond: Option<jiff::Timestamp> = None;
    for day in days.iter().rev().filter(|day| !day.is_empty()) {
        match held_on(case, day) {
            Some(found) if held.last().is_none_or(|held| alike(held.level, found.level)) => {
                held.push(found);
            }
            Some(_) => break,
            // Where nothing tells a limit, power beyond it tells its absence.
            None if held.is_empty() => {
                beyond = beyond.or_else(|| day.first().map(|seen| seen.0.interval.start()));
            }
            None if held.last().is_some_and(|held| reached_on(case, day) > 1.06 * held.level) => {
                break;
            }
            None => {}
        }
    }
    let open = case.open(AnomalyKind::Curtailment);
    let (newest, oldest) = (held.first()?, held.last()?);
    if open.is_none() && held.len() < DAYS && !newest.plain {
        return None;
    }
    let lifted = beyond.is_some()
        && days.iter().flatten().any(|(point, actual)| {
            point.interval.start() > newest.until && *actual > 1.06 * newest.level
        });
    if lifted && open.is_none() {
        return None;
    }
    let per_day_wh = held.iter().map(|day| day.lost_wh).fold(0.0, f64::max);
    let since = case.began(AnomalyKind::Curtailment, oldest.since);
    let peak = case.baseline.peak_w.max(newest.level * 4.0);
    Some(Draft {
        kind: AnomalyKind::Curtailment,
        since,
        until: lifted.then_some(newest.until),
        lost_wh: held.iter().map(|day| day.lost_wh).sum::<f64>()
            + case.lost_before(since, per_day_wh),
        per_day_wh: if lifted { 0.0 } else { per_day_wh },
        confidence: if held.len() > 1 { Confidence::VeryLikely } else { Confidence::Likely },
        cause: format!(
            "Held at {} of rating at midday. The export limit looks wrong.",
            percent(newest.level * 4.0 / rating(case, peak))
        ),
        next_step: NextStep::FixRemotely,
        facts: vec![
            Fact::new(
                "Held at",
                format!("{} of rating", percent(newest.level * 4.0 / rating(case, peak))),
            ),
            Fact::new("Held power", kilowatts(newest.level * 4.0)),
            Fact::new("Reached before", kilowatts(peak)),
            Fact::new("Days in a row", held.len().to_string()),
        ],
    })
}

fn rating(case: &Case<'_>, peak: f64) -> f64 {
    case.site.array.ac_limit.map_or(peak, |limit| limit.kw() * 1000.0)
}

fn alike(a: f64, b: f64) -> bool {
    (a / b - 1.0).abs() < 0.04
}

/// What a day reached in as many quarter hours as a limit needs.
fn reached_on(case: &Case<'_>, day: &[Seen<'_>]) -> f64 {
    let held = case.thresholds.count(Threshold::CurtailmentHeld);
    let mut produced: Vec<f64> = day.iter().map(|seen| seen.1).collect();
    produced.sort_unstable_by(|a, b| b.total_cmp(a));
    produced.get(held - 1).copied().unwrap_or(0.0)
}

/// What the sun would have given: under the sky the neighbours tell, or a
/// cloudless one.
fn could(case: &Case<'_>, point: &Point) -> f64 {
    if point.told() { point.expected.wh } else { point.model_wh * case.baseline.share(point.sun) }
}

/// The level at which a day was held, if it was.
fn held_on(case: &Case<'_>, day: &[Seen<'_>]) -> Option<Held> {
    let peak = case.baseline.peak_w / 4.0;
    let highest = if peak > 0.0 { OWN * peak } else { return None };
    let level = level_of(case, day, highest)?;
    let is_flat = |(point, actual): &Seen<'_>| {
        could(case, point) > ABOVE * level && (actual / level - 1.0).abs() <= FLAT
    };
    let (first, last) = (day.iter().position(is_flat)?, day.iter().rposition(is_flat)?);
    let between = &day[first..=last];
    let above: Vec<&Seen<'_>> =
        between.iter().filter(|(point, _)| could(case, point) > ABOVE * level).collect();
    let held_within =
        |share: f64| above.iter().filter(|(_, a)| (a / level - 1.0).abs() <= share).count();
    let (flat, hard) = (held_within(FLAT), held_within(HARD));
    let enough = case.thresholds.count(Threshold::CurtailmentHeld);
    if flat < enough || count(flat) < MOSTLY * count(above.len()) {
        return None;
    }
    // As a limit: production follows the sun up to the level. As a loss: a share
    // is missing, at noon as in the morning. The day decides which fits better.
    let before_and_after = day[..first].iter().chain(&day[last + 1..]);
    let bright: Vec<(f64, f64)> = between
        .iter()
        .chain(before_and_after.filter(|(point, _)| could(case, point) < 0.92 * level))
        .map(|(point, actual)| (could(case, point), *actual))
        .filter(|(could, _)| *could > 0.06 * case.capacity_wh)
        .collect();
    let share_of = |only: &dyn Fn(f64) -> bool| {
        let mut shares: Vec<f64> =
            bright.iter().filter(|(could, _)| only(*could)).map(|(could, a)| a / could).collect();
        median(&mut shares).filter(|_| shares.len() >= 3)
    };
    let share = share_of(&|_| true)?;
    let below = share_of(&|could| could < 0.92 * level).unwrap_or(1.0);
    let error = |model: &dyn Fn(f64) -> f64| {
        bright.iter().map(|(could, actual)| (actual - model(*could)).abs()).sum::<f64>()
    };
    let as_limit = error(&|could| level.min(below * could));
    let as_share = error(&|could| share * could);
    let produced: f64 = bright.iter().map(|(_, actual)| actual).sum();
    if as_limit > (BETTER * as_share).min(UNEXPLAINED * produced) || below < FOLLOWS {
        return None;
    }
    let rippling = flat >= RIPPLING && count(flat) >= MOSTLY_RIPPLING * count(above.len());
    let most = above.iter().map(|(point, _)| could(case, point)).fold(0.0, f64::max);
    Some(Held {
        level,
        plain: most > PLAIN * level && (hard >= enough || rippling),
        since: between.first()?.0.interval.start(),
        until: between.last()?.0.interval.end(),
        lost_wh: above.iter().map(|(point, actual)| (could(case, point) - actual).max(0.0)).sum(),
    })
}

/// The level that most quarter hours of a day share, of those below the highest
/// for which more could have been given.
fn level_of(case: &Case<'_>, day: &[Seen<'_>], highest: f64) -> Option<f64> {
    let mut held: Vec<f64> = day
        .iter()
        .filter(|(point, actual)| {
            *actual > LOWEST * case.capacity_wh
                && *actual < highest
                && could(case, point) > ABOVE * actual
        })
        .map(|(_, actual)| *actual)
        .collect();
    held.sort_unstable_by(f64::total_cmp);
    // The densest stretch within a ripple's width.
    let (from, to) = (0..held.len())
        .map(|from| (from, held.partition_point(|value| *value <= held[from] * (1.0 + FLAT))))
        .max_by_key(|(from, to)| to - from)?;
    median(&mut held[from..to].to_vec())
}
