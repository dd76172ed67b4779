//! The inverter itself reports a fault.

use jiff::SignedDuration;

use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep};

/// Quarter hours with a fault before it counts: inverters report the dips of
/// the grid that they ride through.
const SEEN: usize = 2;

/// Without a fault for this long by day it is over.
const OVER_AFTER: SignedDuration = SignedDuration::from_hours(2);

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let hit: Vec<_> = case.last_day().iter().filter(|point| point.faults > 0).collect();
    let (first, last) = (hit.first()?, hit.last()?);
    if hit.len() < SEEN {
        return None;
    }
    let missing = |point: &&super::Point| {
        point.actual().map_or(0.0, |actual| (point.expected.wh - actual).max(0.0))
    };
    let lost_wh: f64 = hit.iter().map(missing).sum();
    let heard = case.past().iter().rev().find(|point| point.was_heard())?;
    let quiet = heard.interval.end().duration_since(last.interval.end());
    Some(Draft {
        kind: AnomalyKind::InverterFault,
        since: case.began(AnomalyKind::InverterFault, first.interval.start()),
        until: (quiet > OVER_AFTER).then(|| last.interval.end()),
        lost_wh,
        per_day_wh: lost_wh,
        confidence: Confidence::VeryLikely,
        cause: "An inverter reports a fault. Its code stands beside its last readings.".to_owned(),
        next_step: NextStep::SendTechnician,
        facts: vec![Fact::new("Quarter hours with a fault", hit.len().to_string())],
    })
}
