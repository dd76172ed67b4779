//! A loss that grows from day to day: dust, leaves, age.

use super::words::{days, percent};
use super::{AnomalyKind, Case, Draft, NextStep};
use crate::monitoring::stats::{count, median};

/// Days with an index that a slope needs.
const ENOUGH: usize = 12;

/// Days the loss has to have grown for. Faster ones have a cause of their
/// own.
const GROWING: usize = 8;

/// What has to be lost by now; weather alone moves the index by 3 %.
const LEAST: f64 = 0.05;

/// What is lost has to exceed the mean deviation of the days by this factor.
const ABOVE_NOISE: f64 = 2.5;

/// Halfway, the loss has to lie between these shares of what it is now: a step
/// would already have all of it, or none.
const HALFWAY: std::ops::RangeInclusive<f64> = 0.2..=0.8;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    // Days counted from the oldest, with their index as a share.
    let known: Vec<(f64, f64)> = case
        .daily_index
        .iter()
        .enumerate()
        .filter_map(|(day, index)| Some((count(day), f64::from((*index)?) / 100.0)))
        .collect();
    if known.len() < ENOUGH {
        return None;
    }
    let of = |part: &[(f64, f64)]| median(&mut part.iter().map(|day| day.1).collect::<Vec<_>>());
    let (early, late) = (of(&known[..5])?, of(&known[known.len() - 5..])?);
    if early - late < 0.6 * LEAST {
        return None;
    }
    let ramp = best_ramp(&known)?;
    let end = known.last()?.0;
    let lost = ramp.slope * (end - ramp.onset);
    let grew = end - ramp.onset;
    let noise = ramp.error / count(known.len());
    let halfway = known.iter().filter(|day| {
        let share = (day.0 - ramp.onset) / grew;
        (0.35..=0.65).contains(&share)
    });
    let middle = median(&mut halfway.map(|day| day.1).collect::<Vec<_>>())?;
    let gradual = HALFWAY.contains(&((ramp.level - middle) / lost));
    let enough = lost >= LEAST.max(ABOVE_NOISE * noise) && grew >= count(GROWING);
    if !enough || !gradual || ramp.error > best_step(&known)? {
        return None;
    }
    let share = (lost / ramp.level).clamp(0.0, 1.0);
    let per_day_wh = share * case.day_wh();
    let back = case.daily_index.len().saturating_sub(whole(ramp.onset));
    let today = case.site.zone.day(case.now);
    let since = today.saturating_sub(jiff::Span::new().days(i64::try_from(back).ok()?));
    let since = case.began(AnomalyKind::SoilingDrift, case.site.zone.start_of(since), true);
    let age = usize::try_from(case.now.duration_since(since).as_hours() / 24).unwrap_or(back);
    Some(Draft {
        kind: AnomalyKind::SoilingDrift,
        since,
        // It grew from nothing: half of the present loss on average.
        lost_wh: per_day_wh * count(age) / 2.0,
        per_day_wh,
        cause: format!(
            "Slow loss, {} in {}. The panels are probably dusty.",
            percent(share),
            days(age)
        ),
        next_step: NextStep::BookCleaning,
    })
}

struct Ramp {
    onset: f64,
    level: f64,
    slope: f64,
    error: f64,
}

/// The level that falls from an onset on, with the least sum of deviations.
fn best_ramp(known: &[(f64, f64)]) -> Option<Ramp> {
    let last_onset = known.len().checked_sub(GROWING)?;
    (0..=last_onset)
        .filter_map(|at| {
            let (before, after) = known.split_at(at);
            let onset = after.first()?.0;
            let ends = &after[after.len().saturating_sub(4)..];
            let low = median(&mut ends.iter().map(|day| day.1).collect::<Vec<_>>())?;
            let low_at = ends.iter().map(|day| day.0).sum::<f64>() / count(ends.len());
            let heads = if before.len() >= 3 { before } else { &known[..3] };
            let level = median(&mut heads.iter().map(|day| day.1).collect::<Vec<_>>())?;
            let slope = (level - low) / (low_at - onset);
            let at_day = |day: f64| level - slope * (day - onset).max(0.0);
            let error = known.iter().map(|day| (day.1 - at_day(day.0)).abs()).sum();
            (slope.is_finite() && slope > 0.0).then_some(Ramp { onset, level, slope, error })
        })
        .min_by(|a, b| a.error.total_cmp(&b.error))
}

/// The least sum of deviations from one step down.
fn best_step(known: &[(f64, f64)]) -> Option<f64> {
    let deviations = |part: &[(f64, f64)]| {
        let middle = median(&mut part.iter().map(|day| day.1).collect::<Vec<_>>());
        middle.map_or(0.0, |middle| part.iter().map(|day| (day.1 - middle).abs()).sum::<f64>())
    };
    (0..known.len())
        .map(|at| deviations(&known[..at]) + deviations(&known[at..]))
        .min_by(f64::total_cmp)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number of a day, at most 30"
)]
const fn whole(day: f64) -> usize {
    day as usize
}
