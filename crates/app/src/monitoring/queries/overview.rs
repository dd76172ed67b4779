use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::Status;
use jiff::{Timestamp, ToSpan};

use super::order::{self, Place};
use super::standing::FleetStanding;
use super::{Monitoring, MonitoringError, causes, holds, incidents, settled};
use crate::actor::Actor;
use crate::monitoring::StoredAssessment;
use crate::monitoring::models::{
    Overview, OverviewEvent, OverviewQuery, OverviewRow, OverviewView, Summary,
};

/// Rows shown when the reader does not say how many.
const ROWS: usize = 50;
/// Rows of the folded list of sites on watch.
const WATCHED: usize = 10;
/// From this hour on the evening before, findings count as new.
const EVENING: i8 = 18;

pub(super) async fn overview(
    service: &Monitoring,
    actor: &Actor,
    query: &OverviewQuery,
) -> Result<Overview, MonitoringError> {
    let (standing, readings) = tokio::try_join!(service.standing(), service.reading_counts())?;
    of(service, &standing, readings, service.now(), actor, query).await
}

/// The overview of a standing, at its moment.
pub(super) async fn of(
    service: &Monitoring,
    standing: &FleetStanding,
    readings: (i64, i64),
    now: Timestamp,
    actor: &Actor,
    query: &OverviewQuery,
) -> Result<Overview, MonitoringError> {
    let folded = incidents::folded(standing);
    let (listed, in_incidents): (Vec<_>, Vec<_>) =
        standing.findings.iter().filter(|found| is_listed(found, actor, query)).partition(
            |(site, _)| query.view != OverviewView::Action || !folded.contains_key(&site.id),
        );
    let ranked: Vec<SiteId> = listed.iter().map(|(site, _)| site.id).collect();
    let kept = order::keep(&ranked, &query.order);
    let limit = if query.limit == 0 { ROWS } else { usize::from(query.limit) };
    // What is new comes at the end of the reader's order, and has to be seen
    // there if it ranks high.
    let ranks = |rank: Option<usize>| rank.is_some_and(|rank| rank <= limit);
    let causes = causes::of(query, &listed, &kept.rows);
    let shown: Vec<Place> = if causes.is_empty() {
        let rows = kept.rows.into_iter().enumerate();
        rows.filter(|(at, (_, rank))| *at < limit || ranks(*rank)).map(|(_, row)| row).collect()
    } else {
        causes::few_of_each(&listed, kept.rows)
    };
    let rows = rows(service, standing, &shown).await?;
    let watch = standing
        .findings
        .iter()
        .filter(|(_, stored)| stored.assessment.status == Status::Watch)
        .take(WATCHED)
        .enumerate()
        .map(|(at, (site, stored))| settled(site, stored.clone(), &standing.handled, Some(at + 1)))
        .collect();
    let events = standing.changes.iter().filter_map(|change| {
        Some(OverviewEvent {
            at: change.at,
            site: Arc::clone(standing.site(change.site)?),
            status: change.status,
            text: change.text.clone(),
        })
    });
    Ok(Overview {
        as_of: now,
        zone: standing.zone.clone(),
        summary: summary(standing, folded.len(), readings, now),
        incidents: incidents::lines(standing, &in_incidents),
        causes,
        rows,
        matching: listed.len(),
        moved: kept.moved,
        watch,
        owners: owners(standing),
        regions: standing.regions.clone(),
        marks: standing.marks.clone(),
        fleet: standing.curve(now),
        events: events.collect(),
    })
}

/// Those who look after a site that is not on track, by name.
fn owners(standing: &FleetStanding) -> Vec<(UserId, String)> {
    let owners = standing.findings.iter().filter_map(|(_, stored)| stored.owner.clone());
    let by_id: HashMap<UserId, String> = owners.collect();
    let mut owners: Vec<_> = by_id.into_iter().collect();
    owners.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    owners
}

fn is_listed(found: &(Arc<Site>, StoredAssessment), actor: &Actor, query: &OverviewQuery) -> bool {
    let (site, stored) = found;
    let status = stored.assessment.status;
    let owner = stored.owner.as_ref().map(|(id, _)| *id);
    let viewed = match query.view {
        OverviewView::Action => status.needs_action(),
        OverviewView::Watch => status == Status::Watch,
        OverviewView::Mine => owner.is_some() && owner == actor.user(),
    };
    let kind = stored.assessment.finding.as_ref().map(|finding| finding.kind);
    viewed
        && query.region.as_ref().is_none_or(|region| site.details.region == *region)
        && query.brand.is_none_or(|brand| site.details.brand == brand)
        && query.kind.is_none_or(|wanted| kind == Some(wanted))
        && query.owner.is_none_or(|wanted| owner == Some(wanted))
        && query.text.as_deref().is_none_or(|text| holds(site, text))
}

/// The rows to show; those the reader still has before them although they are
/// on track again are read one by one.
async fn rows(
    service: &Monitoring,
    standing: &FleetStanding,
    shown: &[Place],
) -> Result<Vec<OverviewRow>, MonitoringError> {
    let known: HashMap<SiteId, &StoredAssessment> =
        standing.findings.iter().map(|(site, stored)| (site.id, stored)).collect();
    let missing: Vec<SiteId> = shown
        .iter()
        .map(|(site, _)| *site)
        .filter(|site| !known.contains_key(site) && standing.site(*site).is_some())
        .collect();
    let read = if missing.is_empty() {
        Vec::new()
    } else {
        service.assessments.of_sites(&missing).await?
    };
    let read: HashMap<SiteId, StoredAssessment> =
        read.into_iter().map(|stored| (stored.assessment.site, stored)).collect();
    let rows = shown.iter().filter_map(|(id, rank)| {
        let stored = known.get(id).copied().or_else(|| read.get(id))?;
        Some(settled(standing.site(*id)?, stored.clone(), &standing.handled, *rank))
    });
    Ok(rows.collect())
}

fn summary(
    standing: &FleetStanding,
    folded: usize,
    readings: (i64, i64),
    now: Timestamp,
) -> Summary {
    let zone = &standing.zone;
    let yesterday = zone.start_of(zone.day(now).saturating_sub(1.days()));
    let evening = yesterday + jiff::SignedDuration::from_hours(i64::from(EVENING));
    let need_action =
        || standing.findings.iter().filter(|(_, stored)| stored.assessment.status.needs_action());
    let measured = standing.measured;
    Summary {
        counts: standing.counts,
        incidents: incidents::count(standing),
        folded,
        lost_per_day: standing.money(Status::needs_action),
        lost_energy_per_day: need_action()
            .filter_map(|(_, stored)| stored.assessment.finding.as_ref())
            .map(|finding| finding.lost_per_day)
            .sum(),
        watch_per_day: standing.money(|status| status == Status::Watch),
        new_since_yesterday: need_action()
            .filter(|(_, stored)| stored.raised_at.is_some_and(|raised| raised >= evening))
            .count(),
        power_now: measured.power_now,
        expected_now: measured.expected_now,
        energy_today: measured.energy_today,
        expected_today: measured.expected_today,
        readings: readings.0,
        readings_valid: readings.1,
        last_reading_at: standing
            .standings
            .iter()
            .filter_map(|(_, standing)| standing.last_reading_at)
            .max(),
        capacity_wp: standing.capacity_wp,
    }
}
