//! A share of production went missing from one day to the next: the test that
//! [`super::string_loss`] and [`super::underperformance`] share, and the choice
//! between their names.

use jiff::{SignedDuration, Timestamp};

use super::{AnomalyKind, Case, Draft, Point, Threshold, explained, string_loss, underperformance};
use crate::monitoring::expected::SiteModel;
use crate::monitoring::stats::{count, median};
use crate::monitoring::{DayIndex, DaySummary, Tracked};

/// A loss below this share drowns in the errors of model and weather.
pub(super) const LEAST: f64 = 0.06;

/// A loss of a part of the day has to be larger: fewer hours, more noise.
const LEAST_OF_PART: f64 = 0.16;

/// How far below the usual days the mean of the newest days has to lie, in
/// standard deviations of such a mean. With some hundred tests a month and
/// site, less would cry wolf.
pub(super) const SURE: f64 = 4.2;

/// Days that have to agree, unless the loss is plain on the first.
const DAYS: usize = 2;

/// On a single day a loss is plain from this share and certainty on.
const PLAIN: f64 = 0.18;
const PLAIN_SURE: f64 = 7.0;

/// No site scatters less than this over the seasons.
const LEAST_SCATTER: f64 = 0.018;

/// Part of the neighbours' spread that remains over a day: it has some ten
/// independent clouds.
const CLOUDS: f64 = 0.22;

/// A second loss has to take this much more, as a logarithm.
const FURTHER: f64 = 0.10;

/// One string of two is half; more is missing for another reason.
const MOST_OF_STRINGS: f64 = 0.54;

/// The longest stretch that is averaged.
const LONGEST: usize = 8;

/// A day has to hold this share of a cloudless day's light to be counted.
const LIGHT: f64 = 0.22;

/// A loss has ended when a day shows less than this part of it.
const RECOVERED: f64 = 0.4;

/// Today counts from this share of a day's light on.
const TODAY: f64 = 0.18;

/// A part of the day that loses so much more than the other is a shade.
pub(super) const UNEVEN: f64 = 0.12;

/// What was found of a loss.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Share that is missing.
    pub(super) share: f64,
    /// When it began.
    pub(super) since: Timestamp,
    /// When it was over.
    pub(super) until: Option<Timestamp>,
    /// Missing in the morning and in the afternoon, where known.
    pub(super) parts: (Option<f64>, Option<f64>),
    /// How far the days differ from each other.
    pub(super) spread: f64,
    /// How sure, in standard deviations.
    pub(super) sure: f64,
}

pub(super) fn find(case: &Case<'_>, found: &[Draft], slow: Option<&Draft>) -> Vec<Draft> {
    if explained(found, &[AnomalyKind::Curtailment, AnomalyKind::Outage], case.now) {
        return keep_open(case);
    }
    let days = days(case, found);
    let open = [AnomalyKind::StringLoss, AnomalyKind::Underperformance]
        .into_iter()
        .find_map(|kind| case.open(kind));
    let Some(open) = open else {
        // What was repaired does not count twice.
        let repaired = case.repaired.map(|at| case.site.zone.day(at));
        let fresh = days.partition_point(|day| repaired.is_none_or(|repaired| day.day >= repaired));
        let days = &days[..fresh];
        let step = if slow.is_some_and(|slow| slow.until.is_none()) {
            on_top(case, days)
        } else {
            begun(case, days)
        };
        return step
            .map(|step| draft(case, name(case, &step, step.share), &step))
            .into_iter()
            .collect();
    };
    if slow.is_some_and(|slow| slow.until.is_none() && slow.since <= open.since()) {
        // The slow loss tells the same story better, unless this came on top.
        let before = case.open(AnomalyKind::SoilingDrift);
        if before.is_none_or(|slow| slow.raised_at > open.raised_at) {
            let over = Step { until: Some(case.now), ..known(case, open) };
            return vec![ended(case, open, &over)];
        }
    }
    let step = continued(case, &days, open);
    if step.until.is_none()
        && let Some((further, share)) = further(case, &days, open)
    {
        let before = Step { until: Some(further.since), ..step };
        let name = name(case, &further, share);
        return vec![ended(case, open, &before), draft(case, name, &further)];
    }
    if step.until.is_some() {
        return vec![ended(case, open, &step)];
    }
    vec![draft(case, open.kind(), &step)]
}

/// A loss that is over, in the words it had while it lasted.
fn ended(case: &Case<'_>, open: &Tracked, step: &Step) -> Draft {
    draft(case, open.kind(), step).in_words_of(open)
}

fn draft(case: &Case<'_>, kind: AnomalyKind, step: &Step) -> Draft {
    if kind == AnomalyKind::StringLoss {
        string_loss::draft(case, step)
    } else {
        underperformance::draft(case, step)
    }
}

/// While something else hides it, an open loss stays as it was.
fn keep_open(case: &Case<'_>) -> Vec<Draft> {
    [AnomalyKind::StringLoss, AnomalyKind::Underperformance]
        .into_iter()
        .filter_map(|kind| case.open(kind))
        .map(|open| draft(case, open.kind(), &known(case, open)))
        .collect()
}

/// A loss as it was seen last.
fn known(case: &Case<'_>, open: &Tracked) -> Step {
    let loss = open.detection.finding.lost_per_day.kwh() * 1000.0;
    Step {
        share: (loss / case.day_wh().max(1.0)).clamp(0.03, 0.95),
        since: open.since(),
        until: None,
        parts: (None, None),
        spread: 0.0,
        sure: SURE,
    }
}

/// A sudden loss on top of a slow one: the newest days against the weeks before.
fn on_top(case: &Case<'_>, days: &[DayIndex]) -> Option<Step> {
    let (newest, older) = days.split_at_checked(DAYS)?;
    let mut before: Vec<f64> = older.iter().take(LONGEST).map(|day| day.whole).collect();
    let depth = median(&mut before).filter(|_| older.len() >= LONGEST)?.min(0.0);
    deeper(case, days, newest, depth)
}

/// The newest days, as long as each lies clearly below a depth.
fn deeper(case: &Case<'_>, days: &[DayIndex], newest: &[DayIndex], depth: f64) -> Option<Step> {
    let is_deeper = |day: &DayIndex| {
        let fell = depth - day.whole;
        fell > FURTHER && fell > sure(case) * noise(case, day, false)
    };
    newest.iter().all(is_deeper).then(|| {
        let count_of = days.iter().take_while(|day| is_deeper(day)).count();
        describe(case, &days[..count_of], SURE, None)
    })
}

/// A second loss on top of one that is open, and the share that it alone takes:
/// the newest days lie as far below the days of the first as those lay below the
/// usual ones.
fn further(case: &Case<'_>, days: &[DayIndex], open: &Tracked) -> Option<(Step, f64)> {
    let since = case.site.zone.day(open.since());
    let of_it: Vec<DayIndex> = days.iter().take_while(|day| day.day > since).copied().collect();
    let (newest, older) = of_it.split_at_checked(DAYS)?;
    let mut before: Vec<f64> = older.iter().map(|day| day.whole).collect();
    let depth = median(&mut before).filter(|_| older.len() >= DAYS)?.min(0.0);
    let step = deeper(case, &of_it, newest, depth)?;
    let alone = 1.0 - (1.0 - step.share) / depth.exp();
    Some((step, alone))
}

/// The days that can be compared, newest first, today in front as far as it
/// tells something already.
fn days(case: &Case<'_>, found: &[Draft]) -> Vec<DayIndex> {
    let today = today(case, found).into_iter();
    let before =
        case.indices.iter().rev().filter(|day| !day.spoiled && day.weight > LIGHT).copied();
    today.chain(before).collect()
}

/// Today so far against the baseline.
fn today(case: &Case<'_>, found: &[Draft]) -> Option<DayIndex> {
    let hidden = [AnomalyKind::StuckSensor, AnomalyKind::Outage, AnomalyKind::Curtailment];
    let summary = DaySummary::of(
        case.site.zone.day(case.now),
        &SiteModel::new(case.site, case.baseline.clone()),
        case.site.reports_at_night,
        case.today(),
        |point| explained(found, &hidden, point.interval.start()),
    );
    let clear_wh: f64 = case.whole_today().iter().map(|point| point.model_wh).sum();
    let index = summary.of_whole_day(clear_wh).index(case.site.location, case.baseline)?;
    (index.weight > TODAY).then_some(index)
}

/// Standard deviation of one day's index: what healthy days scatter, and what
/// clouds that pass over some sites and not over others add.
fn noise(case: &Case<'_>, day: &DayIndex, of_part: bool) -> f64 {
    let alone = if day.rung.is_told() { 1.0 } else { 1.4 };
    let own = case.baseline.scatter.max(LEAST_SCATTER);
    let clouds = CLOUDS * day.spread;
    let dim = 1.0 / day.weight.clamp(0.2, 1.0).sqrt();
    let part = if of_part { 1.6 } else { 1.0 };
    own.hypot(clouds) * alone * dim * part
}

/// A loss that is new.
fn begun(case: &Case<'_>, days: &[DayIndex]) -> Option<Step> {
    if case.baseline.confidence < 0.3 {
        return None;
    }
    if let Some((_, count_of, sure)) = longest(
        case,
        days,
        |day| Some(day.whole),
        false,
        case.thresholds.share(Threshold::LossLeast),
    ) {
        let step = describe(case, &days[..count_of], sure, None);
        // On its first day a loss that began at noon looks like a shade: the
        // next morning tells.
        let unclear =
            count_of == 1 && matches!(step.parts, (Some(m), Some(a)) if (m - a).abs() > UNEVEN);
        return (!unclear).then_some(step);
    }
    let middle = |part: fn(&DayIndex) -> Option<f64>| {
        let mut seen: Vec<f64> = days.iter().filter_map(part).take(DAYS).collect();
        median(&mut seen).unwrap_or(0.0)
    };
    let shaded = |part: fn(&DayIndex) -> Option<f64>, rest: fn(&DayIndex) -> Option<f64>| {
        let step = longest(case, days, part, true, LEAST_OF_PART)?;
        (step.0 < middle(rest) - UNEVEN).then_some((step, middle(rest)))
    };
    let morning = shaded(|day| day.morning, |day| day.afternoon);
    let afternoon = || shaded(|day| day.afternoon, |day| day.morning);
    let missing = |log: f64| Some(1.0 - log.exp());
    let (((mean, count_of, sure), rest), late) =
        morning.map(|found| (found, false)).or_else(|| Some((afternoon()?, true)))?;
    let parts = if late { (missing(rest), missing(mean)) } else { (missing(mean), missing(rest)) };
    Some(Step { parts, ..describe(case, &days[..count_of], sure, None) })
}

/// From which certainty on a loss is one.
const fn sure(case: &Case<'_>) -> f64 {
    case.thresholds.get(Threshold::LossSure)
}

/// The stretch of newest days whose mean lies lowest against its noise: its
/// mean, how many days, and how sure.
fn longest(
    case: &Case<'_>,
    days: &[DayIndex],
    value: impl Fn(&DayIndex) -> Option<f64>,
    of_part: bool,
    least: f64,
) -> Option<(f64, usize, f64)> {
    let (mut sum, mut weight) = (0.0, 0.0);
    let mut best: Option<(f64, usize, f64)> = None;
    let sure_from = sure(case);
    let floor = -(1.0 - least).ln();
    for (at, day) in days.iter().take(LONGEST).enumerate() {
        let Some(value) = value(day) else { continue };
        // Every day of the stretch has to show a part of the loss.
        if value > -0.5 * floor {
            break;
        }
        let certainty = noise(case, day, of_part).powi(-2);
        sum += value * certainty;
        weight += certainty;
        let mean = sum / weight;
        let sure = -mean * weight.sqrt();
        let days = at + 1;
        let enough = days >= DAYS && sure >= sure_from && mean <= -floor
            || !of_part && sure >= PLAIN_SURE && mean <= (1.0 - PLAIN).ln();
        if enough && best.is_none_or(|best| sure > best.2) {
            best = Some((mean, days, sure));
        }
    }
    best
}

/// A loss that is open: still there, or over.
fn continued(case: &Case<'_>, days: &[DayIndex], open: &Tracked) -> Step {
    let since_day = case.site.zone.day(open.since());
    let of_it: Vec<DayIndex> =
        days.iter().take_while(|day| day.day >= since_day).copied().collect();
    let lowest = |day: &DayIndex| {
        day.whole.min(day.morning.unwrap_or(0.0)).min(day.afternoon.unwrap_or(0.0))
    };
    let mut depths: Vec<f64> = of_it.iter().map(lowest).collect();
    let depth = median(&mut depths).unwrap_or(-0.1).min(-0.05);
    // A morning tells nothing of a shade that comes after noon: only whole days
    // show a repair. One good day may be a cloud over the neighbours; two are
    // a repair.
    let whole: Vec<&DayIndex> =
        of_it.iter().filter(|day| day.morning.is_some() && day.afternoon.is_some()).collect();
    let good = whole.iter().take_while(|day| lowest(day) > RECOVERED * depth).count();
    let over = good >= 2 || good == 1 && whole.len() > 1 && lowest(whole[0]) > -0.02;
    let recovered = if over {
        let first = whole[good - 1].day;
        of_it.iter().take_while(|day| day.day >= first).count()
    } else {
        0
    };
    if over {
        let until = case.site.zone.start_of(of_it[recovered - 1].day).max(open.since());
        let step = describe(case, &of_it[recovered..], SURE, Some(open));
        return Step { until: Some(until), ..step };
    }
    if of_it.is_empty() { known(case, open) } else { describe(case, &of_it, SURE, Some(open)) }
}

fn describe(case: &Case<'_>, days: &[DayIndex], sure: f64, open: Option<&Tracked>) -> Step {
    let missing = |log: f64| 1.0 - log.exp();
    // On the day it began only a part of the day shows it.
    let whole_days = if days.len() > 1 { &days[..days.len() - 1] } else { days };
    let of_whole = |part: &dyn Fn(&DayIndex) -> Option<f64>| {
        let mut seen: Vec<f64> = whole_days.iter().filter_map(part).collect();
        median(&mut seen)
    };
    let whole = of_whole(&|day| Some(day.whole)).unwrap_or(0.0);
    let spread = whole_days.iter().map(|day| (day.whole - whole).abs()).sum::<f64>()
        / count(whole_days.len().max(1));
    let since = match (open, days.last()) {
        (Some(open), _) => open.since(),
        (None, Some(first)) => onset(case, first, whole),
        (None, None) => case.now,
    };
    Step {
        share: missing(whole).clamp(0.0, 1.0),
        since,
        until: None,
        parts: (
            of_whole(&|day| day.morning).map(missing),
            of_whole(&|day| day.afternoon).map(missing),
        ),
        spread,
        sure,
    }
}

/// When on its first day the loss began: the quarter hour that splits the day
/// best into as expected and missing a share; midnight when the day lies
/// before the points.
fn onset(case: &Case<'_>, first: &DayIndex, whole: f64) -> Timestamp {
    let midnight = case.site.zone.start_of(first.day);
    let points: Vec<(&Point, f64)> = case
        .past()
        .iter()
        .filter(|point| case.day_of(point) == first.day && point.teaches)
        .filter_map(|point| Some((point, point.actual()?)))
        .collect();
    let share = whole.exp();
    let cost = |split: usize| -> f64 {
        points
            .iter()
            .enumerate()
            .map(|(at, (point, actual))| {
                let expected = point.modelled_wh * case.baseline.share(point.sun);
                (actual - if at < split { expected } else { share * expected }).abs()
            })
            .sum()
    };
    (0..points.len())
        .map(|split| (split, cost(split)))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .and_then(|(split, _)| if split == 0 { None } else { points.get(split) })
        .map_or(midnight, |(point, _)| point.interval.start())
}

/// Strings, phases and inverters take a constant share of what there was the
/// whole day long; all else varies.
fn name(case: &Case<'_>, step: &Step, share: f64) -> AnomalyKind {
    let even = match step.parts {
        (Some(morning), Some(afternoon)) => (morning - afternoon).abs() < UNEVEN,
        _ => true,
    };
    let steady = step.spread < (0.9 * case.baseline.scatter).max(0.12 * step.share);
    if case.inverters.is_some() || even && steady && share < MOST_OF_STRINGS {
        AnomalyKind::StringLoss
    } else {
        AnomalyKind::Underperformance
    }
}

/// What a loss of this share took since it began, up to its end or now.
pub(super) fn lost_wh(case: &Case<'_>, step: &Step) -> f64 {
    let to = step.until.unwrap_or(case.now);
    let within = case.expected_between(step.since.max(case.first()), to);
    let outside = case.lost_before(step.since, case.day_wh());
    step.share * (within + outside)
}

/// How long a loss lasts so far.
pub(super) fn age(case: &Case<'_>, step: &Step) -> SignedDuration {
    step.until.unwrap_or(case.now).duration_since(step.since)
}
