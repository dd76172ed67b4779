use std::collections::BTreeSet;

use greengrid_domain::fleet::{RegionCode, SiteCode};
use greengrid_domain::monitoring::Status;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, Money};
use jiff::Timestamp;
use jiff::civil::Date;

use super::model::{MorningReport, ReportIncident, ReportLine, StuckCase};
use crate::monitoring::models::{Overview, OverviewRow};

/// When a report is due, and for whom.
pub(super) struct Due {
    pub(super) region: RegionCode,
    pub(super) zone: SiteZone,
    pub(super) day: Date,
    pub(super) at: Timestamp,
}

/// The report that an overview of the region makes, after the one before.
pub(super) fn report(
    due: Due,
    overview: &Overview,
    before: Option<&MorningReport>,
    stuck: Vec<StuckCase>,
) -> MorningReport {
    let needed: BTreeSet<&SiteCode> =
        before.iter().flat_map(|before| &before.lines).map(|line| &line.site).collect();
    let lines: Vec<ReportLine> = overview
        .rows
        .iter()
        .filter_map(|row| line(row, before.is_some() && !needed.contains(&row.site.code)))
        .collect();
    let incidents: Vec<ReportIncident> = overview
        .incidents
        .iter()
        .map(|line| ReportIncident {
            headline: line.record.incident.headline(&line.place),
            since: line.record.incident.began,
            sites: line.rows.len(),
            money_per_day: line.money_per_day.clone(),
        })
        .collect();
    let still: BTreeSet<&SiteCode> = overview
        .rows
        .iter()
        .chain(overview.incidents.iter().flat_map(|line| &line.rows))
        .map(|row| &row.site.code)
        .collect();
    let settled = before
        .iter()
        .flat_map(|before| &before.lines)
        .filter(|line| !still.contains(&line.site))
        .map(|line| (line.site.clone(), line.name.clone()))
        .collect();
    let region = overview.regions.iter().find(|region| region.code == due.region);
    let folded = || overview.incidents.iter().map(|line| line.lost_per_day).sum::<Energy>();
    let money = lines.iter().map(|line| line.money_per_day);
    let in_incidents = overview.incidents.iter().flat_map(|line| line.money_per_day.clone());
    MorningReport {
        region_name: region.map_or_else(|| due.region.to_string(), |region| region.name.clone()),
        counts: region.map(|region| region.counts).unwrap_or_default(),
        money_per_day: Money::sums(money.chain(in_incidents)),
        lost_per_day: lines.iter().map(|line| line.lost_per_day).sum::<Energy>() + folded(),
        region: due.region,
        day: due.day,
        zone: due.zone,
        due_at: due.at,
        made_at: overview.as_of,
        incidents,
        lines,
        settled,
        stuck,
    }
}

fn line(row: &OverviewRow, is_new: bool) -> Option<ReportLine> {
    let finding = row.assessment.finding.as_ref()?;
    let status = row.assessment.status;
    (status != Status::OnTrack).then(|| ReportLine {
        site: row.site.code.clone(),
        name: row.site.details.name.as_str().to_owned(),
        status,
        kind: finding.kind,
        cause: finding.cause.clone(),
        since: finding.since,
        lost_per_day: finding.lost_per_day,
        money_per_day: finding.money_per_day,
        next_step: finding.next_step,
        owner: row.owner.as_ref().map(|(_, name)| name.clone()),
        is_new,
        spark: row.assessment.spark.clone(),
    })
}
