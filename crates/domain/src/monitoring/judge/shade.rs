//! A part of the day gives less than it used to, the rest does not: something
//! new stands before the sun.

use jiff::Timestamp;
use jiff::civil::Date;

use super::words::percent;
use super::{AnomalyKind, Case, Draft, NextStep, Point};

/// The part of the day has to give less than this share of expected ...
const SHADED: f64 = 0.78;
/// ... and the rest more than this.
const FREE: f64 = 0.92;
/// Quarter hours of each that a day needs to be compared: three quarters of an
/// hour.
const ENOUGH: usize = 3;
/// Days on which it has to be seen before somebody is asked to look: on a
/// single one it may have been a cloud of its own.
const DAYS: usize = 2;
/// The part has to matter: a share of the energy of the day.
const MATTERS: f64 = 0.04;

struct Split {
    since: Timestamp,
    hour: i8,
    after: bool,
    days: usize,
    lost_wh: f64,
    per_day_wh: f64,
    missing: f64,
    of_day: f64,
    whole: bool,
    /// What two levels leave unexplained, as a share of expected.
    error: f64,
}

type Seen<'a> = (Date, i8, &'a Point, f64);

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    let seen: Vec<Seen<'_>> = case
        .judged()
        .filter(|(point, _)| point.told && point.expected.wh >= 0.05 * case.capacity_wh)
        .filter(|(point, _)| point.doubt() < 0.35)
        .map(|(point, actual)| (case.day_of(point), case.hour_of(point), point, actual))
        .collect();
    let split = (7..=19)
        .flat_map(|hour| [(hour, true), (hour, false)])
        .filter_map(|(hour, after)| split_at(case, &seen, hour, after))
        .filter(|split| split.days >= DAYS)
        .min_by(|a, b| a.error.total_cmp(&b.error))?;
    let low = case.low_days_before(1.0 - 0.5 * split.missing * split.of_day);
    let known = case.began(AnomalyKind::Underperformance, split.since, split.whole);
    let since = if split.whole {
        known.min(
            split.since - jiff::SignedDuration::from_hours(24 * i64::try_from(low).unwrap_or(0)),
        )
    } else {
        split.since
    };
    let when = if split.after { "after" } else { "before" };
    Some(Draft {
        kind: AnomalyKind::Underperformance,
        since,
        lost_wh: split.lost_wh + case.lost_before(since, split.per_day_wh),
        per_day_wh: split.per_day_wh,
        cause: format!(
            "{} is missing {when} {:02}:00, the rest of the day is normal. Perhaps new shade.",
            percent(split.missing),
            split.hour
        ),
        next_step: NextStep::AskForPhoto,
    })
}

/// The newest days in a row that are split at this hour.
fn split_at(case: &Case<'_>, seen: &[Seen<'_>], hour: i8, after: bool) -> Option<Split> {
    let mut found: Option<Split> = None;
    let mut sums = [Sum::default(), Sum::default()];
    for day in seen.chunk_by(|a, b| a.0 == b.0).rev() {
        let inside = |seen: &Seen<'_>| (seen.1 >= hour) == after;
        let of = |shaded: bool| Sum::of(day.iter().filter(move |seen| inside(seen) == shaded));
        let (shaded, free) = (of(true), of(false));
        if free.points >= ENOUGH && free.ratio() < FREE {
            break;
        }
        if shaded.points < ENOUGH || free.points < ENOUGH {
            continue;
        }
        if shaded.ratio() > SHADED {
            break;
        }
        sums[0].add(&shaded);
        sums[1].add(&free);
        let lost = shaded.expected - shaded.actual;
        let error = shaded.error_of(day.iter().filter(|seen| inside(seen)))
            + free.error_of(day.iter().filter(|seen| !inside(seen)));
        let before = found.take();
        found = Some(Split {
            since: day.iter().find(|seen| inside(seen))?.2.interval.start(),
            hour,
            after,
            days: before.as_ref().map_or(0, |found| found.days) + 1,
            lost_wh: before.as_ref().map_or(0.0, |found| found.lost_wh) + lost,
            per_day_wh: before.as_ref().map_or(lost, |found| found.per_day_wh),
            missing: 1.0 - sums[0].ratio(),
            of_day: sums[0].expected / (sums[0].expected + sums[1].expected),
            whole: day.first()?.0 == case.site.zone.day(case.first()),
            error: before.as_ref().map_or(0.0, |found| found.error) + error,
        });
    }
    found
        .map(|split| Split { error: split.error / (sums[0].expected + sums[1].expected), ..split })
        .filter(|split| split.of_day >= MATTERS)
}

#[derive(Default)]
struct Sum {
    points: usize,
    expected: f64,
    actual: f64,
}

impl Sum {
    fn of<'a>(seen: impl Iterator<Item = &'a Seen<'a>>) -> Self {
        seen.fold(Self::default(), |sum, seen| Self {
            points: sum.points + 1,
            expected: sum.expected + seen.2.expected.wh,
            actual: sum.actual + seen.3,
        })
    }

    fn add(&mut self, other: &Self) {
        self.points += other.points;
        self.expected += other.expected;
        self.actual += other.actual;
    }

    fn ratio(&self) -> f64 {
        if self.expected > 0.0 { self.actual / self.expected } else { 1.0 }
    }

    fn error_of<'a>(&self, seen: impl Iterator<Item = &'a Seen<'a>>) -> f64 {
        seen.map(|seen| (seen.3 - self.ratio() * seen.2.expected.wh).abs()).sum()
    }
}
