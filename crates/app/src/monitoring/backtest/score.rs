//! What was found beside what is known to have been wrong.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::{AnomalyKind, sun};
use jiff::{SignedDuration, Timestamp};
use strum::IntoEnumIterator;

use super::Found;

/// A stretch in which something is known to have been wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub site: SiteId,
    /// What; `None` for anything.
    pub kind: Option<AnomalyKind>,
    /// First instant of it.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
    /// Whether it is to be found; if not, what is found there is passed over.
    pub scored: bool,
}

/// A site, and from when to when what is found there counts.
#[derive(Debug, Clone)]
pub struct Judged {
    /// The site.
    pub site: Arc<Site>,
    /// First instant.
    pub from: Timestamp,
    /// Last instant.
    pub to: Timestamp,
}

/// How well one kind was found.
#[derive(Debug, Clone, PartialEq)]
pub struct KindScore {
    /// Which kind.
    pub kind: AnomalyKind,
    /// Labels of it.
    pub labels: usize,
    /// Those that were found, by this name.
    pub hits: usize,
    /// Share of the labels that was found.
    pub recall: Option<f64>,
    /// Share of what is called so that is so: labels found over these and what
    /// was raised where no label, or one of another kind, is.
    pub precision: Option<f64>,
    /// Minutes of daylight from the start of a label until it was found: the
    /// middle of all found.
    pub delay_min: Option<i64>,
    /// What was raised where nothing was wrong.
    pub false_alarms: usize,
    /// The same for each month of a site in which nothing was wrong.
    pub false_alarms_per_month: Option<f64>,
}

/// How well everything was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Score {
    /// Each kind with a label or a detection.
    pub kinds: Vec<KindScore>,
    /// Months of sites in which nothing was wrong, of 30.44 days.
    pub faultless_months: f64,
    /// What was raised where nothing was wrong, for each of these months.
    pub false_alarms_per_month: Option<f64>,
}

/// A label is found from this long before it begins.
const SLACK: SignedDuration = SignedDuration::from_mins(15);
/// ... until this long after it ends: some faults show only by their end.
const GRACE: SignedDuration = SignedDuration::from_hours(36);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const DAYS_PER_MONTH: f64 = 30.44;
/// The sun is high enough above this that a fault could show.
const DAYLIGHT_ABOVE_DEG: f64 = 5.0;

#[derive(Debug, Default)]
struct Tally {
    false_alarms: usize,
    wrong: usize,
}

/// Compares what was found with what is known.
///
/// A detection finds a label of its site and kind when it was raised from 15
/// minutes before the label's start until 36 hours after its end, and does not
/// say that it began more than a day, or half the label's duration, before it;
/// for a slow loss 14 days. It finds one label, that which it overlaps most.
#[must_use]
pub fn score(labels: &[Label], found: &[Found], judged: &[Judged]) -> Score {
    let sites: HashMap<SiteId, &Judged> = judged.iter().map(|one| (one.site.id, one)).collect();
    let mut first: HashMap<usize, Timestamp> = HashMap::new();
    let mut tallies: BTreeMap<AnomalyKind, Tally> = BTreeMap::new();
    for one in found.iter().filter(|one| !one.withdrawn) {
        let Some(judged) = sites.get(&one.site) else { continue };
        if one.detected_at < judged.from || one.detected_at > judged.to + GRACE {
            continue;
        }
        let own = labels.iter().enumerate().filter(|(_, label)| label.site == one.site);
        let kind = one.detection.finding.kind;
        match outcome(one, own) {
            Outcome::Finds(at) => {
                let time = first.entry(at).or_insert(one.detected_at);
                *time = one.detected_at.min(*time);
                tallies.entry(kind).or_default();
            }
            Outcome::PassedOver => {}
            Outcome::SideEffect => {
                tallies.entry(kind).or_default();
            }
            Outcome::WrongKind => tallies.entry(kind).or_default().wrong += 1,
            Outcome::FalseAlarm => tallies.entry(kind).or_default().false_alarms += 1,
        }
    }
    let months = count(judged.iter().map(|one| faultless_days(one, labels)).sum()) / DAYS_PER_MONTH;
    let per_month = |alarms: usize| (months > 0.0).then(|| count(alarms) / months);
    let kinds = AnomalyKind::iter().filter_map(|kind| {
        let all = labels.iter().enumerate();
        let of_kind: Vec<usize> = all
            .filter(|(_, label)| label.scored && label.kind == Some(kind))
            .filter(|(_, label)| sites.contains_key(&label.site))
            .map(|(at, _)| at)
            .collect();
        if of_kind.is_empty() && !tallies.contains_key(&kind) {
            return None;
        }
        let Tally { false_alarms, wrong } = tallies.remove(&kind).unwrap_or_default();
        let mut delays: Vec<i64> = Vec::new();
        for at in &of_kind {
            let (label, found) = (&labels[*at], first.get(at));
            delays.extend(
                found.map(|found| daylight_min(label.start, *found, &sites[&label.site].site)),
            );
        }
        let (hits, raised) = (delays.len(), delays.len() + false_alarms + wrong);
        Some(KindScore {
            kind,
            labels: of_kind.len(),
            hits,
            recall: (!of_kind.is_empty()).then(|| count(hits) / count(of_kind.len())),
            precision: (raised > 0).then(|| count(hits) / count(raised)),
            delay_min: median(&mut delays),
            false_alarms,
            false_alarms_per_month: per_month(false_alarms),
        })
    });
    let kinds: Vec<KindScore> = kinds.collect();
    let false_alarms = kinds.iter().map(|kind| kind.false_alarms).sum();
    Score { kinds, faultless_months: months, false_alarms_per_month: per_month(false_alarms) }
}

enum Outcome {
    /// The label at this place.
    Finds(usize),
    /// Nobody knows whether it is right.
    PassedOver,
    /// A known consequence of a label of another kind.
    SideEffect,
    WrongKind,
    FalseAlarm,
}

fn outcome<'a>(found: &Found, own: impl Iterator<Item = (usize, &'a Label)> + Clone) -> Outcome {
    let kind = found.detection.finding.kind;
    let at = found.detected_at;
    let since = found.detection.finding.since.min(at);
    let until = found.detection.until.unwrap_or(at).max(at);
    let touched: Vec<(usize, &Label, bool)> = own
        .clone()
        .filter(|(_, label)| label.scored)
        .filter_map(|(place, label)| {
            if label.start - SLACK <= at && at <= label.end + GRACE {
                (since >= label.start - before(label)).then_some((place, label, true))
            } else {
                let meets = overlap(since, until, label.start, label.end + GRACE) > 0;
                meets.then_some((place, label, false))
            }
        })
        .collect();
    let same = touched.iter().filter(|(_, label, in_time)| *in_time && label.kind == Some(kind));
    let most = same.max_by_key(|(_, label, _)| {
        let shared = overlap(since, until + SignedDuration::from_mins(1), label.start, label.end);
        (shared, label.start)
    });
    if let Some((place, _, _)) = most {
        return Outcome::Finds(*place);
    }
    let passed_over = own.filter(|(_, label)| !label.scored).any(|(_, label)| {
        label.kind.is_none_or(|other| other == kind)
            && overlap(since - SLACK, until + SLACK, label.start, label.end + GRACE) > 0
    });
    if passed_over {
        Outcome::PassedOver
    } else if touched.is_empty() {
        Outcome::FalseAlarm
    } else if touched.iter().any(|(_, label, _)| is_side_effect(kind, label.kind)) {
        Outcome::SideEffect
    } else {
        Outcome::WrongKind
    }
}

/// How long before a label a detection may say that it began.
fn before(label: &Label) -> SignedDuration {
    if label.kind == Some(AnomalyKind::SoilingDrift) {
        return DAY * 14;
    }
    DAY.max(label.end.duration_since(label.start) / 2)
}

/// Whether a kind is seen for a while where another is at work.
fn is_side_effect(seen: AnomalyKind, cause: Option<AnomalyKind>) -> bool {
    use AnomalyKind::{
        ClockShift, CommGap, CounterReset, Curtailment, Duplicates, ImplausibleProduction,
        InverterFault, NightProduction, Outage, SoilingDrift, StringLoss, StuckSensor,
        Underperformance,
    };
    let is_loss = matches!(seen, Underperformance | StringLoss);
    // Labels do not know of these: they are no mistake where anything is wrong.
    matches!(seen, ImplausibleProduction | InverterFault)
        || match cause {
            Some(Outage | Curtailment | SoilingDrift | Underperformance | StringLoss) => is_loss,
            Some(StuckSensor) => is_loss || matches!(seen, NightProduction | ClockShift),
            Some(ClockShift) => {
                let of_clock =
                    [CommGap, Duplicates, NightProduction, Outage, Curtailment, CounterReset];
                is_loss || of_clock.contains(&seen)
            }
            _ => false,
        }
}

/// Days of UTC in which nothing was wrong with a site.
fn faultless_days(judged: &Judged, labels: &[Label]) -> usize {
    let own = labels.iter().filter(|label| label.site == judged.site.id);
    let own: Vec<&Label> = own.filter(|label| label.scored || label.kind.is_none()).collect();
    let seconds = judged.from.as_second().rem_euclid(DAY.as_secs());
    let mut day = judged.from - SignedDuration::from_secs(seconds);
    let mut days = 0;
    while day < judged.to {
        let is_free =
            own.iter().all(|label| overlap(day, day + DAY, label.start, label.end + GRACE) <= 0);
        days += usize::from(is_free);
        day += DAY;
    }
    days
}

/// Minutes of daylight at a site between two instants.
fn daylight_min(from: Timestamp, until: Timestamp, site: &Site) -> i64 {
    let (mut at, mut seconds) = (from, 0);
    while at < until {
        if sun::position(site.details.location, at).elevation_deg > DAYLIGHT_ABOVE_DEG {
            seconds += SLACK.min(until.duration_since(at)).as_secs();
        }
        at += SLACK;
    }
    seconds / 60
}

/// Seconds that two stretches share; negative when they lie apart.
fn overlap(a: Timestamp, b: Timestamp, from: Timestamp, until: Timestamp) -> i64 {
    b.min(until).duration_since(a.max(from)).as_secs()
}

fn median(values: &mut [i64]) -> Option<i64> {
    values.sort_unstable();
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some(i64::midpoint(lower, upper))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn count(of: usize) -> f64 {
    of as f64
}
