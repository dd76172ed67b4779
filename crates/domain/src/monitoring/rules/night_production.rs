//! Production is reported while the sun is down.

use jiff::SignedDuration;

use super::words::kilowatts;
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Threshold, explained};
use crate::monitoring::day::NIGHT_BELOW_DEG;
use crate::monitoring::stats::{count, median};

/// Quarter hours of production in one night before it counts: an hour.
const SEEN: usize = 4;

/// Production is above this share of the capacity, besides what the site's
/// meter shows every night.
pub(super) const ABOVE: f64 = 0.004;

/// Nights from which the usual one is known.
const NIGHTS: usize = 5;

/// Without production for this long, a whole night, it is over.
const OVER_AFTER: SignedDuration = SignedDuration::from_hours(34);

pub(super) fn find(case: &Case<'_>, found: &[Draft]) -> Option<Draft> {
    let mut nights: Vec<f64> =
        case.days.iter().rev().take(30).filter_map(|day| day.night_w).map(f64::from).collect();
    let usual_w =
        if nights.len() >= NIGHTS { median(&mut nights).unwrap_or(0.0).max(0.0) } else { 0.0 };
    let capacity_w = case.capacity_wh * 4.0;
    let limit_w = usual_w + case.thresholds.share(Threshold::NightAbove) * capacity_w;
    let hit: Vec<(jiff::Timestamp, jiff::Timestamp, f64)> = case
        .past()
        .iter()
        .filter(|point| point.sun.elevation_deg < NIGHT_BELOW_DEG)
        .filter_map(|point| {
            let mean = f64::from(point.power_w?.mean);
            let (start, end) = (point.interval.start(), point.interval.end());
            let stuck = explained(found, &[AnomalyKind::StuckSensor], start);
            (mean > limit_w && !stuck).then_some((start, end, mean))
        })
        .collect();
    let last = hit.last()?;
    let night = hit
        .iter()
        .filter(|(start, ..)| last.0.duration_since(*start) < SignedDuration::from_hours(14));
    let open = case.open(AnomalyKind::NightProduction);
    if open.is_none() && night.count() < SEEN {
        return None;
    }
    let over = case.now.duration_since(last.1) > OVER_AFTER;
    if over && open.is_none() {
        return None;
    }
    let mean = hit.iter().map(|(.., mean)| mean).sum::<f64>() / count(hit.len());
    Some(Draft {
        kind: AnomalyKind::NightProduction,
        since: case.began(AnomalyKind::NightProduction, hit.first()?.0),
        until: over.then_some(last.1),
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: "Production is reported at night. A meter or the logger's clock is off.".to_owned(),
        next_step: NextStep::CheckData,
        facts: vec![
            Fact::new("Power at night", kilowatts(mean)),
            Fact::new("Usual at night", kilowatts(usual_w)),
        ],
    })
}
