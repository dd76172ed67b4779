//! Readings arrive again and again. Nothing is lost, but whoever sends them
//! twice may also send them wrongly, and pays for it.

use jiff::SignedDuration;

use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep};

/// Quarter hours with repeats within [`WITHIN`] from which on it is a stretch:
/// a single one is a retry after a lost answer, as it should be.
const REPEATED: usize = 2;
const WITHIN: SignedDuration = SignedDuration::from_hours(2);

/// Without repeats for this long it is over.
const OVER_AFTER: SignedDuration = SignedDuration::from_hours(4);

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let hit: Vec<_> = case.begun().iter().filter(|point| point.repeats > 0).collect();
    let last = hit.last()?;
    // The newest stretch without a longer pause.
    let first = hit
        .windows(2)
        .rposition(|pair| {
            pair[1].interval.start().duration_since(pair[0].interval.end()) > OVER_AFTER
        })
        .map_or(0, |at| at + 1);
    let stretch = &hit[first..];
    let dense = stretch.windows(REPEATED).any(|some| {
        some[REPEATED - 1].interval.start().duration_since(some[0].interval.start()) <= WITHIN
    });
    let since = stretch.first()?.interval.start();
    if !dense {
        return None;
    }
    let over = case.now.duration_since(last.interval.end()) > OVER_AFTER;
    let repeats: i32 = stretch.iter().map(|point| i32::from(point.repeats)).sum();
    Some(Draft {
        kind: AnomalyKind::Duplicates,
        since: case.began(AnomalyKind::Duplicates, since),
        until: over.then(|| last.interval.end()),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: "The same readings arrive more than once. The logger or its script repeats itself."
            .to_owned(),
        next_step: NextStep::CheckData,
        facts: vec![Fact::new("Readings repeated", repeats.to_string())],
    })
}
