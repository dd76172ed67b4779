//! The cumulative counter went backwards: a new meter, a reset, an overflow.
//! Nothing is lost; sums of the counter before and after must not be compared.

use jiff::SignedDuration;

use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep};

/// A fall of the counter is told for this long. It is an event, not a state.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(24);

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let begun = case.begun();
    let recent = |at: jiff::Timestamp| case.now.duration_since(at) <= TOLD_FOR;
    let (place, fell) = begun
        .iter()
        .enumerate()
        .rev()
        .find(|(_, point)| point.counter_resets > 0 && recent(point.interval.start()))?;
    // A fall is confirmed by the reading after it; until then it counts as no
    // counter at all.
    let since = match begun[..place].last() {
        Some(doubted) if doubted.register_wh.is_none() && doubted.covered_s > 0 => doubted,
        _ => fell,
    };
    let before = begun[..place].iter().rev().find_map(|point| point.register_wh);
    let register = |wh: Option<u64>| {
        wh.map_or_else(|| "unknown".to_owned(), |wh| format!("{}\u{a0}kWh", wh / 1000))
    };
    Some(Draft {
        kind: AnomalyKind::CounterReset,
        since: since.interval.start(),
        until: Some(fell.interval.end()),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: "The energy counter went backwards: a new meter, or a reset.".to_owned(),
        next_step: NextStep::CheckData,
        facts: vec![
            Fact::new("Counter before", register(before)),
            Fact::new("Counter after", register(fell.register_wh)),
        ],
    })
}
