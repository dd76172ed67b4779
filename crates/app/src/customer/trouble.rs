use greengrid_domain::customer::{Standing, doing, promise, what_is_wrong};
use greengrid_domain::monitoring::{AnomalyKind, Phase, Resolution, Stage, Status};
use greengrid_domain::units::Energy;
use jiff::Timestamp;

use super::models::Trouble;
use crate::monitoring::{AnomalyRecord, SiteOverview};

/// What the owner of a site is told to be wrong with it. What is small or not
/// yet sure is not told, unless somebody has acted on it.
pub(super) fn trouble(site: &SiteOverview, now: Timestamp) -> Option<Trouble> {
    let assessment = &site.row.assessment;
    let finding = assessment.finding.as_ref()?;
    let case = site.row.case.as_ref();
    let phase = case.map(|case| case.life.phase(now));
    let acted_on = matches!(phase, Some(Phase::Assigned | Phase::Snoozed | Phase::Fixed));
    let worked_on = site.work.as_ref().is_some_and(|work| work.covers(now));
    if !assessment.status.needs_action() && !acted_on && !worked_on {
        return None;
    }
    let who = site.row.owner.as_ref().map(|(_, name)| first_name(name));
    let standing = standing(case, who.is_some(), now);
    let raised_at = case.map_or(finding.since, |case| case.raised_at);
    let only_unseen = assessment.status == Status::NoData || finding.kind == AnomalyKind::CommGap;
    let lost = finding.lost_per_day;
    Some(Trouble {
        what: site.incident.clone().unwrap_or_else(|| what_is_wrong(finding.kind).to_owned()),
        since: finding.since,
        doing: match standing {
            Standing::Repaired(_) => {
                "It is said to be repaired; the next sunny hours will prove it.".to_owned()
            }
            Standing::PutOff(_) => "We know of it and wait before we act.".to_owned(),
            Standing::Open | Standing::Taken => doing(finding.next_step, who.is_some()).to_owned(),
        },
        who,
        promise: promise(assessment.status, raised_at, standing, site.work.as_ref(), now),
        lost_per_day: (lost > Energy::ZERO && !only_unseen).then_some(lost),
        only_unseen,
    })
}

fn standing(case: Option<&AnomalyRecord>, taken: bool, now: Timestamp) -> Standing {
    match case.map(|case| &case.life.stage) {
        Some(Stage::Snoozed { until, .. }) if now < *until => Standing::PutOff(*until),
        Some(Stage::Resolved { at, how: Resolution::Fixed { .. } }) => Standing::Repaired(*at),
        _ if taken => Standing::Taken,
        _ => Standing::Open,
    }
}

fn first_name(name: &str) -> String {
    name.split(' ').next().unwrap_or(name).to_owned()
}
