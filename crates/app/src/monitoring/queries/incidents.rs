use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::Assessment;
use greengrid_domain::monitoring::incident::{Cause, IncidentId};
use greengrid_domain::units::Money;

use super::handled::Handled;
use super::settled;
use super::standing::FleetStanding;
use crate::fleet::FleetSnapshot;
use crate::monitoring::StoredAssessment;
use crate::monitoring::models::{IncidentLine, OverviewRow};

/// Sites that need action for what they have in common with others, each with
/// its incident.
pub(super) fn folded(standing: &FleetStanding) -> HashMap<SiteId, IncidentId> {
    let open: BTreeSet<IncidentId> =
        standing.handled.incidents.iter().map(|incident| incident.id).collect();
    let acting =
        standing.findings.iter().filter(|(_, found)| found.assessment.status.needs_action());
    acting
        .filter_map(|(site, stored)| {
            let finding = stored.assessment.finding.as_ref()?;
            let incident = standing.handled.case(site.id, finding.kind)?.incident?;
            open.contains(&incident).then_some((site.id, incident))
        })
        .collect()
}

/// How many incidents need action.
pub(super) fn count(standing: &FleetStanding) -> usize {
    folded(standing).into_values().collect::<BTreeSet<_>>().len()
}

/// A line for each incident that has one of these sites.
pub(super) fn lines(
    standing: &FleetStanding,
    listed: &[&(Arc<Site>, StoredAssessment)],
) -> Vec<IncidentLine> {
    let of = folded(standing);
    let lines = standing.handled.incidents.iter().filter_map(|record| {
        let rows: Vec<OverviewRow> = listed
            .iter()
            .filter(|(site, _)| of.get(&site.id) == Some(&record.id))
            .map(|(site, stored)| settled(site, stored.clone(), &standing.handled, None))
            .collect();
        let findings = || rows.iter().filter_map(|row| row.assessment.finding.as_ref());
        let lost_per_day = findings().map(|finding| finding.lost_per_day).sum();
        let money_per_day = Money::sums(findings().map(|finding| finding.money_per_day));
        (!rows.is_empty()).then(|| IncidentLine {
            record: record.clone(),
            place: place(standing, &record.incident.cause),
            rows,
            lost_per_day,
            money_per_day,
        })
    });
    lines.collect()
}

/// What the owner of a site is told of the incident that it is part of.
pub(super) fn for_customer(
    handled: &Handled,
    fleet: &FleetSnapshot,
    assessment: &Assessment,
) -> Option<String> {
    let finding = assessment.finding.as_ref()?;
    let id = handled.case(assessment.site, finding.kind)?.incident?;
    let record = handled.incidents.iter().find(|record| record.id == id)?;
    Some(record.incident.for_customer(&fleet.place_of(&record.incident.cause)))
}

fn place(standing: &FleetStanding, cause: &Cause) -> String {
    standing.fleet().place_of(cause)
}
