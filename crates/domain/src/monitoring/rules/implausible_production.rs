//! Values beyond what the site can produce.

use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep};

/// Quarter hours of the last day with readings that were left out because they
/// are too high, before it counts: an hour of them.
const SEEN: usize = 4;

/// Mean power above this share of the capacity cannot be: no inverter is built
/// so much larger than its modules, and no sky is so bright.
const ABOVE: f64 = 1.35;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let limit_w = ABOVE * case.capacity_wh * 4.0;
    let too_high = |power: &super::Watts| f64::from(power.mean) > limit_w;
    let hit: Vec<_> = case
        .last_day()
        .iter()
        .filter(|point| point.power_w.as_ref().is_some_and(too_high))
        .collect();
    let (first, last) = (hit.first()?, hit.last()?);
    let highest = hit.iter().filter_map(|p| p.power_w).map(|p| p.high).fold(0.0, f32::max);
    if hit.len() < SEEN {
        return None;
    }
    Some(Draft {
        kind: AnomalyKind::ImplausibleProduction,
        since: case.began(AnomalyKind::ImplausibleProduction, first.interval.start()),
        until: (case.now.duration_since(last.interval.end()).as_hours() >= 12)
            .then(|| last.interval.end()),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::Likely,
        cause: "More is reported than the site can produce. A unit or its capacity is wrong."
            .to_owned(),
        next_step: NextStep::CheckData,
        facts: vec![
            Fact::new("Highest power", super::words::kilowatts(f64::from(highest))),
            Fact::new("Capacity", super::words::kilowatts(case.capacity_wh * 4.0)),
        ],
    })
}
