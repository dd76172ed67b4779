//! What changed, in words.

use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Finding, Status};
use jiff::{SignedDuration, Timestamp};

use crate::monitoring::StandingChange;

/// A finding that is older than this when it is first seen is not news.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// The change from one assessment to the next, if it is worth telling.
pub(super) fn change(
    site: &Site,
    now: Timestamp,
    before: Option<&Assessment>,
    after: &Assessment,
) -> Option<StandingChange> {
    let kind = |assessment: &Assessment| assessment.finding.as_ref().map(|finding| finding.kind);
    let tell = |at, text| Some(StandingChange { at, site: site.id, status: after.status, text });
    let Some(before) = before else {
        // At first sight, what happened lately is told as of when it did.
        let finding = after.finding.as_ref()?;
        let recent = now.duration_since(finding.since) <= NEWS && after.status != Status::Watch;
        return if recent { tell(finding.since, began(site, finding)) } else { None };
    };
    match (kind(before), kind(after)) {
        (known, found) if known == found && before.status == after.status => None,
        (Some(known), None) => tell(now, ended(known).to_owned()),
        (known, Some(found)) if known == Some(found) => {
            let worse = after.status < before.status;
            let words = if worse { "loses more now" } else { "loses less now" };
            tell(now, format!("{words}: {}", after.status.name().to_lowercase()))
        }
        (_, Some(_)) => tell(now, began(site, after.finding.as_ref()?)),
        (None, None) => None,
    }
}

fn began(site: &Site, finding: &Finding) -> String {
    let since = site.details.zone.local(finding.since).strftime("%H:%M").to_string();
    match finding.kind {
        AnomalyKind::CommGap => format!("has been silent since {since}"),
        AnomalyKind::Outage => format!("is off since {since}"),
        AnomalyKind::Curtailment => format!("is held at a limit since {since}"),
        AnomalyKind::StuckSensor => format!("repeats one value since {since}"),
        AnomalyKind::NightProduction => "reports production at night".to_owned(),
        AnomalyKind::SoilingDrift => "loses a little more each day".to_owned(),
        AnomalyKind::StringLoss => format!("misses a share since {since}"),
        kind => format!("{} since {since}", kind.name().to_lowercase()),
    }
}

const fn ended(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::CommGap => "reports again",
        AnomalyKind::Outage => "produces again",
        AnomalyKind::Curtailment => "is no longer held at a limit",
        _ => "is back in range",
    }
}
