//! A loss that grows from day to day: dust, leaves, age.

use jiff::civil::Date;

use super::words::{days, percent};
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Threshold};
use crate::monitoring::stats::{count, median};

/// Days, at least, over which a loss has to have grown. Faster ones have a
/// cause of their own.
const GROWING: usize = 16;

/// Days with an index that a slope needs, the level before it included.
const ENOUGH: usize = 24;

/// The longest stretch looked at.
const LONGEST: usize = 120;

/// What has to be lost by now; the seasons move the index by some per cent.
pub(super) const LEAST: f64 = 0.08;

/// What is lost has to exceed the mean deviation of the days by this factor.
const ABOVE_NOISE: f64 = 2.6;

/// A slope has to leave less unexplained than this part of what a step does.
const BETTER_THAN_STEP: f64 = 0.95;

/// Cleaned, or washed by rain: the newest days lost less than this part.
const RECOVERED: f64 = 0.45;

struct Ramp {
    onset: usize,
    level: f64,
    slope: f64,
    error: f64,
}

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    // After a cleaning the loss begins anew.
    let washed = case.washed.map(|washed| case.site.zone.day(washed));
    let known: Vec<(Date, f64)> = case
        .indices
        .iter()
        .filter(|day| {
            day.weight > 0.3 && !day.spoiled && washed.is_none_or(|washed| day.day >= washed)
        })
        .map(|day| (day.day, day.level))
        .collect();
    let known = &known[known.len().saturating_sub(LONGEST)..];
    let open = case.open(AnomalyKind::SoilingDrift);
    if let Some(open) = open {
        let since = case.site.zone.day(open.since());
        let first = known.partition_point(|day| day.0 < since);
        let level = middle(&known[first.saturating_sub(20)..first]).unwrap_or(0.0);
        let newest = &known[known.len().saturating_sub(3)..];
        let lost = level - middle(newest)?;
        let mut of_it: Vec<f64> = known[first..].iter().map(|day| level - day.1).collect();
        let deepest = crate::monitoring::stats::quantile(&mut of_it, 0.85).unwrap_or(lost);
        let over = newest.len() == 3 && newest[0].0 > since && lost < RECOVERED * deepest.max(0.05);
        let until = over.then(|| case.site.zone.start_of(newest[0].0).max(open.raised_at));
        return Some(draft(case, open.since(), until, lost.max(0.0), deepest));
    }
    if known.len() < ENOUGH {
        return None;
    }
    let ramp = best_ramp(known)?;
    let last = known.len() - 1;
    let days = day_number(known, last) - day_number(known, ramp.onset);
    let fell = ramp.slope * days;
    let noise = ramp.error / count(known.len());
    let grew = known.len() - ramp.onset;
    let enough = fell >= case.thresholds.share(Threshold::SlowLossLeast).max(ABOVE_NOISE * noise)
        && grew >= GROWING;
    if !enough || ramp.error > BETTER_THAN_STEP * best_step(known)? {
        return None;
    }
    let now_below = -middle(&known[known.len() - 3..])? + ramp.level;
    if now_below < 0.6 * fell {
        return None;
    }
    let since = case.site.zone.start_of(known[ramp.onset].0);
    Some(draft(case, since, None, fell, fell))
}

fn draft(
    case: &Case<'_>,
    since: jiff::Timestamp,
    until: Option<jiff::Timestamp>,
    lost: f64,
    deepest: f64,
) -> Draft {
    let share = 1.0 - (-lost).exp();
    let per_day_wh = share * case.day_wh();
    let to = until.unwrap_or(case.now);
    let age = usize::try_from(to.duration_since(since).as_hours() / 24).unwrap_or(0);
    Draft {
        kind: AnomalyKind::SoilingDrift,
        since,
        until,
        // It grew from nothing: half of the present loss on average.
        lost_wh: (1.0 - (-deepest).exp()) * case.day_wh() * count(age) / 2.0,
        per_day_wh: if until.is_some() { 0.0 } else { per_day_wh },
        confidence: Confidence::Likely,
        cause: format!(
            "Slow loss, {} in {}. The panels are probably dusty.",
            percent(share),
            days(age)
        ),
        next_step: NextStep::BookCleaning,
        facts: vec![
            Fact::new("Lost by now", percent(share)),
            Fact::new("Grew over", days(age)),
            Fact::new("Usual days differ by", percent(case.baseline.scatter)),
        ],
    }
}

fn middle(days: &[(Date, f64)]) -> Option<f64> {
    median(&mut days.iter().map(|day| day.1).collect::<Vec<_>>())
}

/// Days from the first known one.
fn day_number(known: &[(Date, f64)], at: usize) -> f64 {
    known[at].0.since(known[0].0).map_or(0.0, |span| f64::from(span.get_days()))
}

/// The level that falls from an onset on, with the least sum of deviations.
fn best_ramp(known: &[(Date, f64)]) -> Option<Ramp> {
    let last_onset = known.len().checked_sub(GROWING)?;
    (5..=last_onset)
        .step_by(2)
        .filter_map(|onset| {
            let level = middle(&known[..onset])?;
            let start = day_number(known, onset);
            let ends = &known[known.len() - 5..];
            let low = middle(ends)?;
            let low_at = day_number(known, known.len() - 3);
            let slope = (level - low) / (low_at - start);
            let error = (0..known.len())
                .map(|at| {
                    let fell = slope * (day_number(known, at) - start).max(0.0);
                    (known[at].1 - (level - fell)).abs()
                })
                .sum();
            (slope.is_finite() && slope > 0.0).then_some(Ramp { onset, level, slope, error })
        })
        .min_by(|a, b| a.error.total_cmp(&b.error))
}

/// The least sum of deviations from one step down.
fn best_step(known: &[(Date, f64)]) -> Option<f64> {
    let deviations = |part: &[(Date, f64)]| {
        middle(part)
            .map_or(0.0, |middle| part.iter().map(|day| (day.1 - middle).abs()).sum::<f64>())
    };
    (0..known.len())
        .step_by(2)
        .map(|at| deviations(&known[..at]) + deviations(&known[at..]))
        .min_by(f64::total_cmp)
}
