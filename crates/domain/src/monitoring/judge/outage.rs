//! Readings arrive and say: nothing is produced.

use super::{AnomalyKind, Case, Draft, NextStep, Point};

/// Quarter hours with nothing before a site counts as off. Inverters restart
/// within minutes after a dip of the grid and wait five more.
const OFF: usize = 3;

/// Only quarter hours with this share of the capacity expected count.
const LIGHT: f64 = 0.05;

/// Off is less than this share of expected: the meter's own error.
const NOTHING: f64 = 0.02;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let mut off = 0;
    let mut lost_wh = 0.0;
    let mut since = None;
    let mut whole = true;
    for (point, actual) in case.judged().rev() {
        let is_off = is_off(point, actual);
        if point.expected.wh >= LIGHT * case.capacity_wh {
            if !is_off {
                whole = false;
                break;
            }
            off += 1;
        } else if actual > 0.005 * case.capacity_wh {
            // Dim light, and yet something came: it was on then.
            whole = false;
            break;
        }
        if point.expected.wh > 0.01 * case.capacity_wh {
            since = Some(point.interval.start());
            lost_wh += point.expected.wh;
        }
    }
    if off < OFF {
        return None;
    }
    let per_day_wh = case.day_wh();
    let since = since?;
    let since = if whole { reached_back(case, since) } else { since };
    Some(Draft {
        kind: AnomalyKind::Outage,
        since,
        lost_wh: lost_wh + case.lost_before(since, per_day_wh),
        per_day_wh,
        cause: "The whole site is off, but its devices answer. A breaker may have tripped."
            .to_owned(),
        next_step: NextStep::CallCustomer,
    })
}

/// Below what was expected, and below what any weather leaves.
pub(super) fn is_off(point: &Point, actual: f64) -> bool {
    actual <= NOTHING * point.expected.wh && actual <= 0.5 * point.expected.low
}

fn reached_back(case: &Case<'_>, since: jiff::Timestamp) -> jiff::Timestamp {
    let known = case.began(AnomalyKind::Outage, since, true);
    let days = i64::try_from(case.low_days_before(0.05)).unwrap_or(0);
    known.min(since - jiff::SignedDuration::from_hours(24 * days))
}
