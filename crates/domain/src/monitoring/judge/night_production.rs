//! Production is reported while the sun is down.

use super::{AnomalyKind, Case, Draft, NextStep};

/// Quarter hours of production in the last night before it counts: an hour.
const SEEN: usize = 4;

/// The sun has to be gone for this many quarter hours on either side: clocks
/// may be a little off, and twilight is not night.
const DARK: usize = 3;

/// Production is above this share of the capacity; meters and own use stay
/// below.
const ABOVE: f64 = 0.005;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let past = case.past();
    let day = case.last_day().len();
    let odd: Vec<usize> = (0..past.len()).filter(|at| is_odd(case, *at)).collect();
    let recent = odd.iter().filter(|at| **at + day >= past.len()).count();
    if recent < SEEN {
        return None;
    }
    let first = past.get(*odd.first()?)?.interval.start();
    let in_first_night = first.duration_since(case.first()) < jiff::SignedDuration::from_hours(24);
    Some(Draft {
        kind: AnomalyKind::NightProduction,
        since: case.began(AnomalyKind::NightProduction, first, in_first_night),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        cause: "Production is reported at night. A meter or the logger's clock is off.".to_owned(),
        next_step: NextStep::CheckData,
    })
}

fn is_odd(case: &Case<'_>, at: usize) -> bool {
    let around = &case.points[at.saturating_sub(DARK)..(at + DARK + 1).min(case.points.len())];
    let point = &case.points[at];
    let produces = point.actual().is_some_and(|actual| actual > ABOVE * case.capacity_wh);
    around.iter().all(|near| near.expected.high <= 0.0) && (produces || point.left_out > 0)
}
