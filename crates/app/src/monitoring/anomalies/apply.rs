//! What stores do with news and actions, in one place for all of them.

use greengrid_domain::fleet::Site;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::incident::{
    FleetSize, IncidentId, IncidentKind, Suspect, fold, held_share,
};
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyEvent, AnomalyKind, AnomalyNews, Detection, Dismissal, Life,
    LifeError, QuietPattern, Stage,
};
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;

use super::records::{AnomalyRecord, HistoryEntry, IncidentRecord, Lesson};

/// An anomaly after news of it, with what that adds to its history.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// As it is now.
    pub record: AnomalyRecord,
    /// What happened, in this order.
    pub history: Vec<HistoryEntry>,
}

/// Takes in a piece of news. `patterns` are the quiet ones of the site.
///
/// Returns `None` where nothing is to be done: news that is older than what is
/// known, a raising of what is known, and news of an anomaly that was never
/// raised and tells nothing to raise it by.
#[must_use]
pub fn hear(
    known: Option<AnomalyRecord>,
    change: &AnomalyChange,
    patterns: &[QuietPattern],
    zone: &SiteZone,
) -> Option<Heard> {
    let (mut record, raised) = match (known, detection(&change.news)) {
        (Some(_), _) if matches!(change.news, AnomalyNews::Raised(_)) => return None,
        (Some(known), _) if change.at < known.heard_at => return None,
        (Some(known), _) => (known, false),
        (None, Some(detection)) => (raised(change, detection), true),
        (None, None) => return None,
    };
    let mut events: Vec<(AnomalyEvent, Option<String>)> = Vec::new();
    let (life, event) = record.life.clone().hear(&change.news, change.at, record.lost_per_day);
    record.life = life;
    if let Some(detection) = detection(&change.news) {
        take_in(&mut record, detection);
        let covering = patterns
            .iter()
            .filter(|pattern| pattern.site == change.site)
            .find(|pattern| pattern.covers(detection, change.at, zone))
            .map(|pattern| pattern.id);
        if raised {
            let event =
                if covering.is_some() { AnomalyEvent::RaisedQuietly } else { AnomalyEvent::Raised };
            events.push((event, Some(record.cause.clone())));
            record.quiet = covering;
        } else if record.quiet.is_some() && covering.is_none() {
            events.push((AnomalyEvent::BecameLoud, Some(record.cause.clone())));
            record.quiet = None;
        }
    }
    record.heard_at = change.at;
    if let Some(event) = event {
        let words = match (&change.news, event) {
            (AnomalyNews::Withdrawn(reason), _) => Some(reason.clone()),
            (_, AnomalyEvent::Reopened) => Some(record.cause.clone()),
            _ => None,
        };
        if event == AnomalyEvent::Withdrawn {
            record.until = record.until.or(Some(change.at));
        }
        events.push((event, words));
    }
    let history = events.into_iter().map(|(event, words)| HistoryEntry {
        anomaly: record.id,
        at: change.at,
        event,
        by: None,
        by_name: None,
        words,
    });
    Some(Heard { history: history.collect(), record })
}

/// Does what a person wants, and says what becomes of the anomaly, what that
/// adds to its history and, for a dismissal with a lesson, what is learned.
/// `assigned_name` names the person to whom it is given.
pub fn act(
    record: AnomalyRecord,
    by: UserId,
    at: Timestamp,
    action: &Action,
    lesson: Option<&Lesson>,
    assigned_name: Option<String>,
) -> Result<(AnomalyRecord, HistoryEntry, Option<QuietPattern>), LifeError> {
    let life = record.life.clone().act(action, by, at)?;
    let mut record = AnomalyRecord { life, ..record };
    record.assigned_name = match action {
        Action::Assign(_) => assigned_name.clone(),
        Action::HandBack => None,
        _ => record.assigned_name,
    };
    let pattern = match (action, lesson) {
        (Action::Dismiss { why, .. }, Some(lesson)) => Some(learned(&record, *why, lesson)),
        _ => None,
    };
    if let Some(pattern) = &pattern {
        record.quiet = Some(pattern.id);
    } else if matches!(action, Action::Reopen { .. }) {
        // Whoever opens it wants to hear of it.
        record.quiet = None;
    }
    let entry = HistoryEntry {
        anomaly: record.id,
        at,
        event: action.event(),
        by: Some(by),
        by_name: None,
        words: action.words().or(match action {
            Action::Assign(_) => assigned_name,
            Action::Snooze { until } => Some(until.to_string()),
            _ => None,
        }),
    };
    Ok((record, entry, pattern))
}

/// The anomaly as one that may share its cause with others: while it lasts and
/// people are not done with it.
#[must_use]
pub fn suspect(record: &AnomalyRecord, site: &Site) -> Option<Suspect> {
    (record.until.is_none() && record.quiet.is_none() && record.life.is_live()).then(|| Suspect {
        anomaly: record.id,
        site: record.site,
        kind: record.kind,
        region: site.details.region.clone(),
        brand: site.details.brand,
        since: record.since,
        lost_per_day: record.lost_per_day,
        money_per_day: record.money_per_day,
        held_at: record.held_at,
    })
}

/// Folds what is open into incidents. One that shares an anomaly with an
/// incident of the same kind that is `known` is that incident; others get an
/// id of their own from `fresh`.
pub fn incidents(
    open: &[(&AnomalyRecord, &Site)],
    fleet: &FleetSize,
    known: &[(IncidentId, IncidentKind)],
    mut fresh: impl FnMut() -> IncidentId,
) -> Vec<IncidentRecord> {
    let suspects: Vec<Suspect> =
        open.iter().filter_map(|(record, site)| suspect(record, site)).collect();
    let mut left: Vec<(IncidentId, IncidentKind)> = known.to_vec();
    let mut records = Vec::new();
    for incident in fold(&suspects, fleet) {
        let kind = incident.cause.kind();
        let before = open
            .iter()
            .filter(|(record, _)| incident.anomalies.binary_search(&record.id).is_ok())
            .filter_map(|(record, _)| record.incident)
            .find(|id| left.contains(&(*id, kind)));
        left.retain(|(id, _)| Some(*id) != before);
        records.push(IncidentRecord { id: before.unwrap_or_else(&mut fresh), incident });
    }
    records
}

/// How many sites there are of each brand and in each region.
#[must_use]
pub fn fleet_size<'a>(sites: impl Iterator<Item = &'a Site>) -> FleetSize {
    let mut size = FleetSize::default();
    for site in sites {
        *size.by_brand.entry(site.details.brand).or_default() += 1;
        *size.by_region.entry(site.details.region.clone()).or_default() += 1;
    }
    size
}

/// What the news says of the stretch; nothing for a withdrawal.
const fn detection(news: &AnomalyNews) -> Option<&Detection> {
    match news {
        AnomalyNews::Raised(seen)
        | AnomalyNews::Updated(seen)
        | AnomalyNews::Ended(seen)
        | AnomalyNews::Reopened(seen) => Some(seen),
        AnomalyNews::Withdrawn(_) => None,
    }
}

fn raised(change: &AnomalyChange, seen: &Detection) -> AnomalyRecord {
    let (finding, evidence) = (&seen.finding, &seen.evidence);
    AnomalyRecord {
        id: change.anomaly,
        site: change.site,
        kind: finding.kind,
        since: finding.since,
        until: seen.until,
        raised_at: change.at,
        heard_at: change.at,
        lost: finding.lost,
        lost_per_day: finding.lost_per_day,
        money_per_day: finding.money_per_day,
        cause: finding.cause.clone(),
        next_step: finding.next_step,
        confidence: seen.confidence,
        rung: evidence.rung,
        neighbours: evidence.neighbours,
        facts: Vec::new(),
        held_at: None,
        life: Life::new(),
        assigned_name: None,
        quiet: None,
        incident: None,
    }
}

/// The detector's last word on an anomaly; its kind may change as more is
/// known, its beginning may be seen earlier.
fn take_in(record: &mut AnomalyRecord, seen: &Detection) {
    let (finding, evidence) = (&seen.finding, &seen.evidence);
    record.kind = finding.kind;
    record.since = finding.since;
    // Only a reopening makes what has ended last again.
    let over =
        record.life.recovery.is_some() || matches!(record.life.stage, Stage::Withdrawn { .. });
    if seen.until.is_some() || !over {
        record.until = seen.until;
    }
    record.lost = finding.lost;
    record.lost_per_day = finding.lost_per_day;
    record.money_per_day = finding.money_per_day;
    record.cause.clone_from(&finding.cause);
    record.next_step = finding.next_step;
    record.confidence = seen.confidence;
    record.rung = evidence.rung;
    record.neighbours = evidence.neighbours;
    record.facts.clone_from(&evidence.facts);
    record.held_at =
        (finding.kind == AnomalyKind::Curtailment).then(|| held_share(evidence)).flatten();
}

fn learned(record: &AnomalyRecord, why: Dismissal, lesson: &Lesson) -> QuietPattern {
    QuietPattern {
        id: lesson.id,
        site: record.site,
        kind: record.kind,
        why,
        hours: lesson.hours,
        until: lesson.until,
        most_per_day: QuietPattern::covering(record.lost_per_day),
    }
}
