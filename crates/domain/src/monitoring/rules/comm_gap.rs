//! Silence when there should be readings. The site itself may be fine.

use jiff::{SignedDuration, Timestamp};

use super::words::minutes;
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Point, Threshold};
use crate::monitoring::Tracked;
use crate::monitoring::stats::count;
use crate::units::MeterRegister;

/// Quarter hours of silence before it is worth a word: loggers that restart
/// are back within three quarters of an hour.
pub(super) const SILENT: usize = 4;

/// Silence has to last this many times the site's cadence.
const CADENCES: i64 = 3;

/// Small inverters wake up after the sun: silence counts from this height of
/// the sun on, and from this share of the capacity under a clear sky.
const DAY_DEG: f64 = 8.0;
const DAY: f64 = 0.06;

/// A link flaps when of the readings of the last hours that should have come
/// this share is missing, and stops to when less than the other is.
const FLAPS: f64 = 0.40;
const STEADY: f64 = 0.15;
/// The hours for it, in quarter hours: three.
const FLAPPING_OVER: usize = 12;

/// After silence, the counter shows that nothing was lost when it went on by at
/// least this share of what was expected.
const CAUGHT_UP: f64 = 0.8;

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    silent(case).or_else(|| flapping(case)).or_else(|| over(case))
}

/// Whether readings are due in a quarter hour.
fn is_due(case: &Case<'_>, point: &Point) -> bool {
    let by_day = || {
        point.sun.elevation_deg > DAY_DEG
            && point.model_wh * case.baseline.share(point.sun) > DAY * case.capacity_wh
    };
    case.site.reports_at_night || by_day()
}

/// Nothing at all, up to now.
fn silent(case: &Case<'_>) -> Option<Draft> {
    let past = case.past();
    let heard = case.begun().iter().rposition(Point::was_heard);
    let silent = past.get(heard.map_or(0, |heard| heard + 1)..).unwrap_or_default();
    let due = silent.iter().filter(|point| is_due(case, point)).count();
    let since = match (heard.and_then(|heard| case.points.get(heard)), case.last_reading) {
        (Some(point), _) => point.interval.end().min(case.now),
        (None, Some(last)) => last,
        (None, None) => case.first(),
    };
    let long = SignedDuration::from_secs(CADENCES * i64::from(case.site.cadence_s));
    if due < case.thresholds.count(Threshold::CommGapSilent)
        || case.now.duration_since(since) < long
    {
        return None;
    }
    let known = heard.is_some() || case.last_reading.is_some();
    let since = case.began(AnomalyKind::CommGap, since);
    let per_day_wh = case.day_wh();
    let unseen: f64 = silent.iter().map(|point| point.expected.wh).sum();
    let words = if known {
        "No readings. The gateway is silent, the site may be fine."
    } else {
        "No readings have arrived yet."
    };
    Some(Draft {
        kind: AnomalyKind::CommGap,
        since,
        until: None,
        lost_wh: if known { unseen + case.lost_before(since, per_day_wh) } else { unseen },
        per_day_wh,
        confidence: Confidence::VeryLikely,
        cause: words.to_owned(),
        next_step: if known { NextStep::CheckGateway } else { NextStep::CheckData },
        facts: vec![Fact::new("Silent for", minutes(case.now.duration_since(since).as_mins()))],
    })
}

/// Share of the readings of some points that is missing, beside what the site
/// usually covers.
fn missing(case: &Case<'_>, points: &[&Point]) -> f64 {
    let usual = f64::from(usual_cover(case));
    let covered: f64 =
        points
            .iter()
            .map(|point| {
                if point.left_out > 0 { 1.0 } else { (f64::from(point.covered_s) / usual).min(1.0) }
            })
            .sum();
    1.0 - covered / count(points.len().max(1))
}

/// Seconds that the readings of a quarter hour usually cover.
fn usual_cover(case: &Case<'_>) -> i16 {
    case.past().iter().map(|point| point.covered_s).max().unwrap_or(0).max(1)
}

/// Some readings come, many do not.
fn flapping(case: &Case<'_>) -> Option<Draft> {
    let past = case.past();
    let due: Vec<&Point> = past.iter().filter(|point| is_due(case, point)).collect();
    let recent = &due[due.len().saturating_sub(FLAPPING_OVER)..];
    let open = case.open(AnomalyKind::CommGap);
    let share = missing(case, recent);
    let limit = if open.is_some() { STEADY } else { FLAPS };
    let first = recent.first()?;
    let fresh = case.now.duration_since(first.interval.start()) < SignedDuration::from_hours(26);
    let silences = recent.windows(2).filter(|pair| pair[0].was_heard() && !pair[1].was_heard());
    // One silence that is over is no flapping.
    let flaps = silences.count() >= 2 || usual_cover(case) > 600 && some_partly(recent);
    if share < limit || recent.len() < FLAPPING_OVER || !fresh || !flaps {
        return None;
    }
    let gone =
        recent.iter().find(|point| !point.was_heard() || point.covered_s < usual_cover(case));
    let since =
        open.map_or_else(|| gone.map_or(case.now, |point| point.interval.start()), Tracked::since);
    Some(Draft {
        kind: AnomalyKind::CommGap,
        since,
        until: None,
        lost_wh: 0.0,
        per_day_wh: share * case.day_wh(),
        confidence: Confidence::VeryLikely,
        cause: "Readings come and go. The link to the gateway is unsteady.".to_owned(),
        next_step: NextStep::CheckGateway,
        facts: vec![Fact::new("Readings missing over three hours", super::words::percent(share))],
    })
}

fn some_partly(points: &[&Point]) -> bool {
    points.iter().filter(|point| (1..600).contains(&point.covered_s)).count() >= 3
}

/// It was silent, and readings come again: what the counter says of meanwhile.
fn over(case: &Case<'_>) -> Option<Draft> {
    let open = case.open(AnomalyKind::CommGap)?;
    let heard = case.begun();
    let back = heard
        .iter()
        .rposition(|point| is_due(case, point) && !point.was_heard())
        .map_or(0, |at| at + 1);
    let first = heard.get(back..)?.iter().find(|point| point.was_heard())?;
    let until = first.interval.start();
    if until <= open.since() {
        return Some(Draft::taken_back(
            open,
            "The readings of that time arrived late. None is missing.",
        ));
    }
    let (lost_wh, told) = match counted(case, open.since(), until) {
        Some((produced, expected)) if produced >= CAUGHT_UP * expected => (
            0.0,
            format!(
                "Readings come again. The counter shows {:.0}\u{a0}kWh meanwhile: nothing was lost.",
                produced / 1000.0
            ),
        ),
        Some((produced, expected)) => (
            expected - produced,
            format!(
                "Readings come again. The counter shows {:.0} of {:.0}\u{a0}kWh expected meanwhile.",
                produced / 1000.0,
                expected / 1000.0
            ),
        ),
        None => (0.0, "Readings come again.".to_owned()),
    };
    Some(Draft {
        kind: AnomalyKind::CommGap,
        since: open.since(),
        until: Some(until),
        lost_wh,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: told,
        next_step: NextStep::Wait,
        facts: vec![Fact::new("Silent for", minutes(until.duration_since(open.since()).as_mins()))],
    })
}

/// What the counter went on by from the last reading before a silence to the
/// first after it, and what was expected between them, Wh.
fn counted(case: &Case<'_>, from: Timestamp, to: Timestamp) -> Option<(f64, f64)> {
    let register = |point: &Point| Some((point.interval.end(), point.register_wh?));
    let points = case.begun();
    let before = points.iter().rev().filter(|p| p.interval.start() < from).find_map(register)?;
    let after = points.iter().filter(|p| p.interval.start() >= to).find_map(register)?;
    let expected = case.expected_between(before.0, after.0);
    let [before_wh, after_wh] = [before.1, after.1].map(MeterRegister::from_wh);
    let produced = after_wh.since(before_wh).or_else(|| after_wh.wrapped_since(before_wh))?;
    let produced = f64::from(u32::try_from(produced.wh()).ok()?);
    (expected > 0.0 && produced < 3.0 * expected + case.capacity_wh).then_some((produced, expected))
}
