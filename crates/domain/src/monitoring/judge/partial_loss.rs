//! A share is missing: a string, a phase, one inverter, or something unknown.

use jiff::Timestamp;

use super::words::{inverters_off, percent};
use super::{AnomalyKind, Case, Draft, NextStep, Point};
use crate::monitoring::stats::{count, median, quantile};

/// Quarter hours that are compared together: single ones are at the mercy of
/// single clouds.
const BLOCK: usize = 4;

/// How long a loss has to last to be believed, in quarter hours of good light,
/// by its share: a fifth within an hour, an eighth within two and a half.
const BELIEVED: [(f64, usize); 2] = [(0.20, 4), (0.12, 10)];

/// A share below which losses drown in the errors of model and weather.
const LEAST: f64 = 0.06;

/// A share that two whole days can tell from a site's usual ones, where those
/// hardly scatter.
const SMALLEST: f64 = 0.04;

/// Blocks whose shares lie this close together miss a constant share.
const CONSTANT: f64 = 0.14;

/// A loss has to exceed this part of the range of what was expected.
const CLEAR_OF_DOUBT: f64 = 0.6;

struct Streak {
    since: Timestamp,
    points: usize,
    blocks: Vec<f64>,
    expected_wh: f64,
    actual_wh: f64,
    doubt: f64,
    whole: bool,
}

impl Streak {
    fn share(&self) -> f64 {
        1.0 - self.actual_wh / self.expected_wh
    }
}

pub(super) fn find(case: &Case<'_>) -> Option<Draft> {
    today(case).or_else(|| small_step(case))
}

/// A loss that shows within hours.
fn today(case: &Case<'_>) -> Option<Draft> {
    let streak = streak(case)?;
    let share = streak.share();
    let believed = BELIEVED.iter().any(|(from, points)| share >= *from && streak.points >= *points);
    if !believed || share < CLEAR_OF_DOUBT * streak.doubt {
        return None;
    }
    let constant = is_constant(&streak.blocks);
    let per_day_wh = share * case.day_wh();
    let low = case.low_days_before(1.0 - 0.5 * share);
    let kind = kind_of(case, constant);
    let since = if streak.whole {
        let hours = 24 * i64::try_from(low).unwrap_or(0);
        case.began(kind, streak.since, true)
            .min(streak.since - jiff::SignedDuration::from_hours(hours))
    } else {
        streak.since
    };
    Some(draft(case, kind, since, share, per_day_wh))
}

/// The newest blocks in a row that miss something; one of five may look fine.
fn streak(case: &Case<'_>) -> Option<Streak> {
    // Where nothing at all was produced the site was off, which is another
    // matter, and over.
    let bright: Vec<(&Point, f64)> = case
        .judged()
        .filter(|(point, _)| point.told && case.is_bright(point))
        .filter(|(point, actual)| !super::outage::is_off(point, *actual))
        .collect();
    let mut streak: Option<Streak> = None;
    let mut fine = 0;
    let mut whole = true;
    for block in bright.rchunks(BLOCK) {
        let expected: f64 = block.iter().map(|(point, _)| point.expected.wh).sum();
        let actual: f64 = block.iter().map(|(_, actual)| actual).sum();
        let doubt = block.iter().map(|(point, _)| point.doubt()).sum::<f64>() / count(block.len());
        let ratio = actual / expected;
        let misses = ratio < 1.0 - (0.5 * doubt).clamp(LEAST, 0.4);
        if !misses {
            fine += 1;
            if streak.as_ref().is_none_or(|streak| fine * 5 > streak.blocks.len()) {
                whole = false;
                break;
            }
            continue;
        }
        let streak = streak.get_or_insert(Streak {
            since: case.now,
            points: 0,
            blocks: Vec::new(),
            expected_wh: 0.0,
            actual_wh: 0.0,
            doubt: 0.0,
            whole: false,
        });
        // Within its first block the loss may begin late.
        let limit = 1.0 - (0.5 * doubt).clamp(LEAST, 0.4);
        let low = block.iter().find(|(point, actual)| *actual < limit * point.expected.wh);
        streak.since = low?.0.interval.start();
        streak.doubt =
            (streak.doubt * count(streak.blocks.len()) + doubt) / count(streak.blocks.len() + 1);
        streak.blocks.push(ratio);
        streak.points += block.len();
        streak.expected_wh += expected;
        streak.actual_wh += actual;
    }
    streak.map(|streak| Streak { whole, ..streak })
}

/// A small loss that shows only from day to day: yesterday and the day before
/// lie below nearly all of the three weeks before.
fn small_step(case: &Case<'_>) -> Option<Draft> {
    const RECENT: usize = 2;
    let known: Vec<(usize, f64)> = case
        .daily_index
        .iter()
        .rev()
        .enumerate()
        .filter_map(|(back, index)| Some((back + 1, f64::from((*index)?) / 100.0)))
        .collect();
    let (recent, older) = known.split_at_checked(RECENT)?;
    if recent.last()?.0 > 3 || older.len() < 10 {
        return None;
    }
    let mut before: Vec<f64> = older.iter().skip(4).map(|(_, index)| *index).collect();
    let usual = median(&mut before)?;
    // Below what the site's own days scatter, which a cloudy region does more.
    let scatter = usual - quantile(&mut before, 0.1)?;
    let is_low = |index: f64| index < usual - SMALLEST.max(2.0 * scatter + 0.01);
    if !recent.iter().all(|(_, index)| is_low(*index)) {
        return None;
    }
    let low: Vec<(usize, f64)> =
        known.iter().copied().take_while(|(_, index)| is_low(*index)).collect();
    let share = 1.0 - median(&mut low.iter().map(|(_, index)| *index).collect::<Vec<_>>())? / usual;
    // What today says so far must not contradict.
    let (expected, actual) = case
        .judged()
        .filter(|(point, _)| point.told && case.is_bright(point))
        .filter(|(point, _)| case.day_of(point) == case.site.zone.day(case.now))
        .fold((0.0, 0.0), |sum, (point, actual)| (sum.0 + point.expected.wh, sum.1 + actual));
    if expected > 2.0 * case.capacity_wh && actual > (1.0 - 0.4 * share) * usual * expected {
        return None;
    }
    let first = i64::try_from(low.last()?.0).ok()?;
    let day = case.site.zone.day(case.now).saturating_sub(jiff::Span::new().days(first));
    let kind = kind_of(case, true);
    let since = case.site.zone.start_of(day);
    Some(draft(case, kind, case.began(kind, since, true), share, share * case.day_wh()))
}

fn is_constant(blocks: &[f64]) -> bool {
    let mut blocks = blocks.to_vec();
    let spread = quantile(&mut blocks, 0.9).zip(quantile(&mut blocks, 0.1));
    blocks.len() >= 2 && spread.is_some_and(|(high, low)| high - low <= CONSTANT)
}

fn kind_of(case: &Case<'_>, constant: bool) -> AnomalyKind {
    if constant || case.inverters.is_some() {
        AnomalyKind::StringLoss
    } else {
        AnomalyKind::Underperformance
    }
}

fn draft(
    case: &Case<'_>,
    kind: AnomalyKind,
    since: Timestamp,
    share: f64,
    per_day_wh: f64,
) -> Draft {
    let within: f64 = case
        .past()
        .iter()
        .filter(|point| point.interval.start() >= since)
        .map(|point| point.expected.wh)
        .sum();
    let (words, next_step) = match (case.inverters, kind) {
        (Some(off), _) => (inverters_off(off), NextStep::SendTechnician),
        (None, AnomalyKind::StringLoss) => (
            format!(
                "{} is missing all the time. Strings without current, a phase or a fuse.",
                percent(share)
            ),
            NextStep::SendTechnician,
        ),
        (None, _) => (
            format!(
                "{} less than its neighbours, unevenly. The cause is not known.",
                percent(share)
            ),
            NextStep::CallCustomer,
        ),
    };
    let lost_wh = share * within + case.lost_before(since, per_day_wh);
    Draft { kind, since, lost_wh, per_day_wh, cause: words, next_step }
}
