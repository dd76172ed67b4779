//! The same value again and again, whatever the sun does.

use super::{AnomalyKind, Case, Draft, NextStep};

/// Equal quarter hours before a value counts as stuck: an hour and a half.
const EQUAL: usize = 6;

/// Equal is within this share: values are rounded on their way.
const SAME: f64 = 0.003;

/// A value below this share of the capacity is night or snow.
const ABOVE: f64 = 0.02;

/// The value has to exceed what was expected by this factor at some time, or
/// the site may as well be held at a limit.
const TOO_MUCH: f64 = 1.15;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let (_, value) = case.judged().next_back()?;
    if value < ABOVE * case.capacity_wh {
        return None;
    }
    let run: Vec<_> = case
        .judged()
        .rev()
        .take_while(|(_, actual)| (actual - value).abs() <= SAME * value + 1.0)
        .map(|(point, _)| point)
        .collect();
    let expected = || run.iter().map(|point| point.expected.wh);
    let most = expected().fold(0.0, f64::max);
    let least = expected().fold(f64::INFINITY, f64::min);
    let impossible = run
        .iter()
        .filter(|point| value > TOO_MUCH * point.expected.wh && value > point.expected.high)
        .count();
    if run.len() < EQUAL || most - least < 0.3 * most || impossible < 2 {
        return None;
    }
    let since = run.last()?.interval.start();
    Some(Draft {
        kind: AnomalyKind::StuckSensor,
        since: case.began(AnomalyKind::StuckSensor, since, since <= case.first()),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        cause: format!(
            "The same {:.1}\u{a0}kW again and again, whatever the sun does. What is really \
             produced is not known.",
            value * 4.0 / 1000.0
        ),
        next_step: NextStep::CheckData,
    })
}
