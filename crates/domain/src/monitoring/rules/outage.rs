//! Readings arrive and say: nothing is produced.

use jiff::{SignedDuration, Timestamp};

use super::words::minutes;
use super::{AnomalyKind, Case, Confidence, Draft, Fact, NextStep, Point, Threshold, explained};

/// Quarter hours with nothing before a site counts as off. Inverters restart
/// within minutes after a dip of the grid and wait five more.
pub(super) const OFF: usize = 3;

/// Only quarter hours with this share of the capacity expected count.
const LIGHT: f64 = 0.05;

/// The sun has to stand so high: inverters wake up and fall asleep below, and
/// later where no neighbour tells the sky.
const SUN_DEG: f64 = 9.0;
const SUN_ALONE_DEG: f64 = 15.0;

/// Off is less than this share of expected: the meter's own error.
const NOTHING: f64 = 0.02;

/// Below this height of the sun inverters wake up late on dark mornings: so many
/// quarter hours more are asked for.
const HIGH_SUN_DEG: f64 = 22.0;
const OFF_MORE_WHEN_LOW: usize = 3;

/// Trips with pauses shorter than this are one outage.
const TRIPS_WITHIN: SignedDuration = SignedDuration::from_hours(20);

/// Quarter hours of production after which it is over.
const BACK: usize = 2;

struct Run {
    since: Timestamp,
    until: Timestamp,
    points: usize,
    /// Of them with a low sun.
    low: usize,
    lost_wh: f64,
}

impl Run {
    /// Long enough: under a low sun it takes more.
    const fn counts(&self, off: usize) -> bool {
        self.points - self.low >= off || self.points >= off + OFF_MORE_WHEN_LOW
    }
}

pub(super) fn find(case: &Case<'_>, found: &[Draft]) -> Option<Draft> {
    let off_for = case.thresholds.count(Threshold::OutageOff);
    let counts = |run: &Run| run.counts(off_for);
    let mut runs: Vec<Run> = Vec::new();
    let mut current: Option<Run> = None;
    let mut back = 0;
    for point in case.past() {
        let Some(actual) = point.actual() else { continue };
        let start = point.interval.start();
        let light = point.expected.wh >= LIGHT * case.capacity_wh
            && point.sun.elevation_deg >= lowest(point);
        let off = is_off(point, actual) && !explained(found, &[AnomalyKind::StuckSensor], start);
        match (light, off) {
            (true, true) => {
                back = 0;
                let run = current.get_or_insert(Run {
                    since: start,
                    until: start,
                    points: 0,
                    low: 0,
                    lost_wh: 0.0,
                });
                run.points += 1;
                run.low += usize::from(point.sun.elevation_deg < HIGH_SUN_DEG);
                run.until = point.interval.end();
                run.lost_wh += point.expected.wh;
            }
            (true, false) => {
                back += 1;
                runs.extend(current.take().filter(counts));
            }
            (false, _) => {
                if actual > 0.01 * case.capacity_wh {
                    // Dim light, and yet something came: it was on then.
                    back += 1;
                    runs.extend(current.take().filter(counts));
                } else if let Some(run) = &mut current {
                    run.lost_wh += point.expected.wh;
                }
            }
        }
    }
    let lasts = current.as_ref().is_some_and(counts);
    runs.extend(current.filter(counts));
    let open = case.open(AnomalyKind::Outage);
    let Some(last) = runs.last() else {
        return open.filter(|open| open.since() >= case.first()).map(|open| {
            Draft::taken_back(open, "Later readings show that the site produced meanwhile.")
        });
    };
    // The newest stretch of runs without a longer pause.
    let first = runs
        .windows(2)
        .rposition(|pair| pair[1].since.duration_since(pair[0].until) > TRIPS_WITHIN)
        .map_or(0, |at| at + 1);
    let stretch = &runs[first..];
    let ended = !lasts && back >= BACK;
    if ended
        && open.is_none()
        && case.now.duration_since(last.until) > SignedDuration::from_hours(12)
    {
        return None;
    }
    let since = case.began(AnomalyKind::Outage, stretch.first()?.since);
    let per_day_wh = if ended { 0.0 } else { case.day_wh() };
    let within: f64 = stretch.iter().map(|run| run.lost_wh).sum();
    let lost_wh =
        within + if stretch.len() == 1 { case.lost_before(since, case.day_wh()) } else { 0.0 };
    let off_for = if stretch.len() > 1 {
        stretch
            .iter()
            .fold(SignedDuration::ZERO, |sum, run| sum + run.until.duration_since(run.since))
    } else {
        last.until.duration_since(since)
    };
    Some(Draft {
        kind: AnomalyKind::Outage,
        since,
        until: ended.then_some(last.until),
        lost_wh,
        per_day_wh,
        confidence: Confidence::VeryLikely,
        cause: if stretch.len() > 1 {
            format!("The whole site trips: off {} times. Its devices answer.", stretch.len())
        } else {
            "The whole site is off, but its devices answer. A breaker may have tripped.".to_owned()
        },
        next_step: NextStep::CallCustomer,
        facts: vec![
            Fact::new("Off for", minutes(off_for.as_mins())),
            Fact::new("Expected meanwhile", format!("{:.1}\u{a0}kWh", lost_wh / 1000.0)),
        ],
    })
}

fn lowest(point: &Point) -> f64 {
    if point.told() { SUN_DEG } else { SUN_ALONE_DEG }
}

/// Below what was expected, and below what any weather leaves, by the energy as
/// by the power: a stuck value may come with a counter that stands still.
pub(super) fn is_off(point: &Point, actual: f64) -> bool {
    let little = |wh: f64| wh <= NOTHING * point.expected.wh && wh <= 0.5 * point.expected.low;
    little(actual) && point.power_w.is_none_or(|power| little(f64::from(power.mean) / 4.0))
}
