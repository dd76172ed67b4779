//! The same value again and again, whatever the sun does.

use super::words::{kilowatts, minutes};
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Point, Threshold};
use crate::monitoring::stats::count;

/// Equal quarter hours before a value counts as stuck: real power moves by
/// more than a watt between two readings, even on a clear noon.
pub(super) const EQUAL: usize = 4;

/// Without anything that contradicts the value it takes so many.
const EQUAL_ALONE: usize = 6;

/// A value below this share of the capacity is night or snow.
const ABOVE: f64 = 0.015;

/// Equal is within this share: values are rounded on their way.
const SAME: f64 = 0.0003;

/// Energy of a quarter hour that differs from the stuck power by this share
/// shows that the site went on.
const CONTRADICTS: f64 = 0.03;

/// The value exceeds what was expected by this factor: no limit does that.
const TOO_MUCH: f64 = 1.15;

/// So far above the upper edge of the range, for an hour, nothing is right.
const FAR_TOO_MUCH: f64 = 1.5;
const BLATANT: usize = 4;

/// Within this share of the highest power ever shown an equal value is the
/// inverters' limit.
const AT_PEAK: f64 = 0.97;

/// A run of equal values.
struct Run<'a> {
    watts: f64,
    points: &'a [Point],
    before: Option<&'a Point>,
    after: Option<&'a Point>,
}

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let run = runs(case).into_iter().rev().find(|run| is_stuck(case, run))?;
    let (first, last) = (run.points.first()?, run.points.last()?);
    let since = first.interval.start();
    Some(Draft {
        kind: AnomalyKind::StuckSensor,
        since: case.began(AnomalyKind::StuckSensor, since),
        until: run.after.map(|_| last.interval.end()),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: format!(
            "The same {} again and again, whatever the sun does. What is really produced is not \
             known.",
            kilowatts(run.watts)
        ),
        next_step: NextStep::CheckData,
        facts: vec![
            Fact::new("Value", kilowatts(run.watts)),
            Fact::new("Equal for", minutes(last.interval.end().duration_since(since).as_mins())),
        ],
    })
}

/// All runs of equal values, oldest first.
fn runs<'a>(case: &Case<'a>) -> Vec<Run<'a>> {
    let past = case.past();
    let level = |point: &Point| {
        let power = point.power_w?;
        let mean = f64::from(power.mean);
        let even = f64::from(power.high - power.low) <= SAME * mean;
        (even && mean > ABOVE * case.capacity_wh * 4.0).then_some(mean)
    };
    let mut found = Vec::new();
    let mut from = 0;
    while from < past.len() {
        let Some(watts) = level(&past[from]) else {
            from += 1;
            continue;
        };
        let equal = past[from..]
            .iter()
            .take_while(|point| {
                level(point).is_some_and(|level| (level - watts).abs() <= (SAME * watts).max(0.5))
            })
            .count();
        let to = from + equal;
        if equal >= case.thresholds.count(Threshold::StuckEqual) {
            let heard = |point: &&Point| point.power_w.is_some();
            found.push(Run {
                watts,
                points: &past[from..to],
                before: past[..from].last().filter(heard),
                after: past[to..].first().filter(heard),
            });
        }
        from = to;
    }
    found
}

fn is_stuck(case: &Case<'_>, run: &Run<'_>) -> bool {
    let wh = run.watts / 4.0;
    if blatant(run, wh) >= BLATANT {
        return true;
    }
    match told_by_energy(run, wh) {
        Some(off) => off > CONTRADICTS,
        None => {
            impossible(run, wh) >= 2
                || run.points.len() >= EQUAL_ALONE && !may_be_a_limit(case, run, wh)
        }
    }
}

/// By which share the energy of the same quarter hours, or the counter, tells
/// another story; `None` where neither says anything.
fn told_by_energy(run: &Run<'_>, wh: f64) -> Option<f64> {
    let mut off: Vec<f64> = run
        .points
        .iter()
        .filter(|point| point.covered_s >= 850)
        .filter_map(|point| Some((point.actual()? / wh - 1.0).abs()))
        .collect();
    let by_energy = crate::monitoring::stats::median(&mut off);
    let registers: Vec<(usize, u64)> = run
        .points
        .iter()
        .enumerate()
        .filter_map(|(at, point)| Some((at, point.register_wh?)))
        .collect();
    let by_counter = registers.first().zip(registers.last()).and_then(|(first, last)| {
        let steps = last.0.checked_sub(first.0).filter(|steps| *steps >= EQUAL - 1)?;
        let went = f64::from(u32::try_from(last.1.checked_sub(first.1)?).ok()?);
        Some((went / (wh * count(steps)) - 1.0).abs())
    });
    // Energy may have been worked out from the stuck power: the counter counts.
    by_counter.or(by_energy.filter(|off| *off > CONTRADICTS))
}

/// Quarter hours in which the value exceeds what the sun can give.
fn impossible(run: &Run<'_>, wh: f64) -> usize {
    run.points
        .iter()
        .filter(|point| wh > TOO_MUCH * point.expected.wh && wh > point.expected.high)
        .count()
}

/// Quarter hours in which no sky at all gives so much: then no counter helps,
/// which may have been added up from the stuck value.
fn blatant(run: &Run<'_>, wh: f64) -> usize {
    run.points.iter().filter(|point| wh > FAR_TOO_MUCH * point.expected.high).count()
}

/// A limit holds a value while more is expected; the value before rose to it
/// and the value after falls with the sun.
fn may_be_a_limit(case: &Case<'_>, run: &Run<'_>, wh: f64) -> bool {
    if run.watts >= AT_PEAK * case.baseline.peak_w {
        return true;
    }
    let told = run.points.iter().all(Point::told);
    let falls_below = |point: &Point| {
        point.actual().is_some_and(|actual| actual < 0.93 * wh && point.expected.low > 1.05 * wh)
    };
    let more_beside = run.after.is_some_and(falls_below) && run.before.is_some_and(falls_below);
    !(told && more_beside)
}
