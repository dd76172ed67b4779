//! Readings carry times that are off: the whole day, sunrise and sunset alike,
//! lies too early or too late.

use super::words::minutes;
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Threshold};
use crate::monitoring::stats::median;
use crate::monitoring::{DaySummary, Lag};

/// A curve that lies off by less is within what clouds and shade do.
pub(super) const LEAST_MIN: i16 = 30;

/// Moving the curve has to explain this share of its difference to the
/// expected one. New shade is explained by no move: it changes one edge only.
const EXPLAINED: f32 = 0.25;

/// Days in a row that have to agree.
const DAYS: usize = 2;

/// They agree when they lie within this many minutes.
const ALIKE_MIN: i16 = 15;

/// Days from which the site's usual lag is known: what its place on record is
/// off by.
const USUAL_FROM: usize = 10;

/// Before that, only what no error of its place explains.
const PLAIN_MIN: f64 = 120.0;

/// A moved clock moves both edges of the day, each by at least this share of
/// the lag less [`EDGE_MIN`]: shade moves one, clouds over one blur it.
const EDGE: f64 = 0.7;
const EDGE_MIN: f64 = 10.0;

/// A larger lag moves an edge past midnight, where it is no edge any more.
const PAST_MIDNIGHT_MIN: f64 = 180.0;

/// A day with its lag, less the site's usual one.
struct Told<'a> {
    day: &'a DaySummary,
    lag: f64,
    off: bool,
}

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let days: Vec<(&DaySummary, Lag)> =
        case.days.iter().rev().take(45).filter_map(|day| Some((day, day.lag?))).collect();
    let usual = |of: fn(&Lag) -> i16| {
        let healthy = days.iter().filter(|(day, _)| !day.spoiled).skip(DAYS);
        let mut seen: Vec<f64> = healthy.map(|(_, lag)| f64::from(of(lag))).collect();
        if seen.len() >= USUAL_FROM { median(&mut seen) } else { None }
    };
    let least_min = case.thresholds.get(Threshold::ClockLeast);
    let known = usual(|lag| lag.minutes);
    let threshold = if known.is_some() { least_min } else { PLAIN_MIN };
    let minutes = known.unwrap_or(0.0);
    let (first, last) =
        (usual(|lag| lag.first).unwrap_or(0.0), usual(|lag| lag.last).unwrap_or(0.0));
    let told: Vec<Told<'_>> = days
        .iter()
        .map(|(day, found)| {
            let lag = f64::from(found.minutes) - minutes;
            let edges = [f64::from(found.first) - first, f64::from(found.last) - last];
            let moved = |edge: &f64| edge * lag.signum() >= EDGE * lag.abs() - EDGE_MIN;
            let off = lag.abs() >= threshold
                && found.explained >= EXPLAINED
                && (lag.abs() > PAST_MIDNIGHT_MIN || edges.iter().all(moved));
            Told { day, lag, off }
        })
        .collect();
    let newest = told.first()?;
    if let Some(open) = case.open(AnomalyKind::ClockShift) {
        // Over once a day that tells something lies where it should.
        let back = told.iter().take_while(|day| day.lag.abs() < least_min).count();
        let until = back.checked_sub(1).map(|at| case.site.zone.start_of(told[at].day.day));
        let seen =
            told.iter().take_while(|day| case.site.zone.start_of(day.day.day) >= open.since());
        let lag = seen.filter(|day| day.off).map(|day| day.lag).next();
        let known = draft(open.since(), until, lag.unwrap_or(0.0));
        return Some(if lag.is_some() { known } else { known.in_words_of(open) });
    }
    let alike = told
        .iter()
        .take_while(|day| day.off && (day.lag - newest.lag).abs() <= f64::from(ALIKE_MIN))
        .count();
    if alike < DAYS {
        return None;
    }
    Some(draft(case.site.zone.start_of(told[alike - 1].day.day), None, newest.lag))
}

#[expect(clippy::cast_possible_truncation, reason = "at most half a day in minutes")]
fn draft(since: jiff::Timestamp, until: Option<jiff::Timestamp>, lag: f64) -> Draft {
    let off = minutes(lag.abs() as i64);
    let side = if lag > 0.0 { "later" } else { "earlier" };
    Draft {
        kind: AnomalyKind::ClockShift,
        since,
        until,
        lost_wh: 0.0,
        per_day_wh: 0.0,
        confidence: Confidence::VeryLikely,
        cause: format!(
            "The whole day is stamped {off} {side} than the sun has it. The logger's clock or zone \
             is off."
        ),
        next_step: NextStep::FixRemotely,
        facts: vec![Fact::new("Sunrise and sunset lie off by", off)],
    }
}
