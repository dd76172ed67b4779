//! Silence in daylight. The site itself may be fine.

use jiff::SignedDuration;

use super::{AnomalyKind, Case, Draft, NextStep};
use crate::time::Interval;

/// Quarter hours of silence in daylight before it is worth a word: loggers
/// that restart are back within half an hour.
const SILENT: usize = 3;

/// Silence has to last this many times the site's cadence.
const CADENCES: i64 = 4;

/// It is day when this share of the capacity is expected. Small inverters wake
/// up later than the sun.
const DAY: f64 = 0.03;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let past = case.past();
    let heard = case.points.iter().rposition(|point| point.covered_s > 0 || point.left_out > 0);
    let silent = past.get(heard.map_or(0, |heard| heard + 1)..).unwrap_or_default();
    let by_day = silent
        .iter()
        .filter(|point| case.site.reports_at_night || point.expected.wh >= DAY * case.capacity_wh)
        .count();
    let since = match (heard.and_then(|heard| case.points.get(heard)), case.last_reading) {
        (Some(point), _) => {
            let covered = i64::from(point.covered_s).max(Interval::SECONDS / 3);
            point.interval.start() + SignedDuration::from_secs(covered)
        }
        (None, Some(last)) => last,
        (None, None) => case.first(),
    };
    let long = SignedDuration::from_secs(CADENCES * i64::from(case.site.cadence_s));
    if by_day < SILENT || case.now.duration_since(since) < long {
        return None;
    }
    let per_day_wh = case.day_wh();
    let known = heard.is_some() || case.last_reading.is_some();
    let unseen: f64 = silent.iter().map(|point| point.expected.wh).sum();
    Some(Draft {
        kind: AnomalyKind::CommGap,
        since,
        lost_wh: if known { unseen + case.lost_before(since, per_day_wh) } else { unseen },
        per_day_wh,
        cause: if known {
            "No readings. The gateway is silent, the site may be fine."
        } else {
            "No readings have arrived yet."
        }
        .to_owned(),
        next_step: if known { NextStep::CheckGateway } else { NextStep::CheckData },
    })
}
