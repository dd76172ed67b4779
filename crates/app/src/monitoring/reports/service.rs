use std::collections::BTreeMap;
use std::sync::Arc;

use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::{newest_report_day, report_due};
use greengrid_domain::time::SiteZone;
use jiff::SignedDuration;
use jiff::civil::Date;

use super::contracts::{Kept, ReportPress, ReportStore, ReportSummary, StuckCases};
use super::made::{Due, report};
use super::model::{LookBack, MorningReport};
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;
use crate::fleet::{Directory, FleetSnapshot};
use crate::monitoring::handover::Handovers;
use crate::monitoring::{Monitoring, MonitoringError, OverviewQuery};

/// Lines of a report: more than a crew drives to in a week.
const LINES: u16 = 200;

/// A report this late is of no use: the morning is over.
const OVER_AFTER: SignedDuration = SignedDuration::from_hours(8);

/// Writes morning reports, and shows those that were written.
#[derive(Clone, bon::Builder)]
pub struct Reports {
    directory: Directory,
    monitoring: Monitoring,
    handovers: Handovers,
    store: Arc<dyn ReportStore>,
    press: Arc<dyn ReportPress>,
    onboarding: Arc<dyn StuckCases>,
}

/// Why there is no report to show.
#[derive(Debug, thiserror::Error)]
pub enum ReportsError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none of this region and day.
    #[error("there is no report of this day")]
    NoSuchReport,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reports {
    /// Writes the reports that are due, each once, and returns how many. One
    /// that is late, because nobody was there to write it, is written for the
    /// newest day only.
    pub async fn write_due(&self) -> Result<usize, MonitoringError> {
        let snapshot = self.directory.snapshot();
        let now = self.monitoring.now();
        let before: BTreeMap<RegionCode, MorningReport> = self
            .store
            .newest()
            .await?
            .into_iter()
            .map(|report| (report.region.clone(), report))
            .collect();
        let mut written = 0;
        for (region, zone) in zones(&snapshot) {
            let day = newest_report_day(&zone, now);
            let last = before.get(&region);
            if last.is_some_and(|last| last.day >= day) {
                continue;
            }
            let at = report_due(&zone, day);
            if now.duration_since(at) > OVER_AFTER {
                continue;
            }
            let report = self.report(Due { region, zone, day, at }, last).await?;
            let turns = self.handovers.turns_before(&report).await?;
            let readers = self.store.readers().await?;
            let letters: Vec<_> =
                readers.iter().map(|reader| self.press.letter(&report, &turns, reader)).collect();
            if self.store.keep(&report, &letters).await? == Kept::New {
                written += 1;
            }
        }
        Ok(written)
    }

    async fn report(
        &self,
        due: Due,
        before: Option<&MorningReport>,
    ) -> Result<MorningReport, MonitoringError> {
        let query = OverviewQuery {
            region: Some(due.region.clone()),
            limit: LINES,
            ..OverviewQuery::default()
        };
        let overview = self.monitoring.overview(&Actor::System, &query).await?;
        let stuck = self.onboarding.stuck(&due.region).await?;
        Ok(report(due, &overview, before, stuck))
    }

    /// Reports of days before one, newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        before: Option<Date>,
        limit: i64,
    ) -> Result<Vec<ReportSummary>, ReportsError> {
        actor.require(Permission::ViewOverview)?;
        Ok(self.store.list(before, limit).await?)
    }

    /// Which moments of the past can be shown.
    pub async fn look_back(&self, actor: &Actor) -> Result<LookBack, ReportsError> {
        actor.require(Permission::ViewOverview)?;
        let (since, report) =
            tokio::try_join!(self.monitoring.recorded_since(), self.store.last_made())?;
        Ok(LookBack { now: self.monitoring.now(), since, report })
    }

    /// One report.
    pub async fn find(
        &self,
        actor: &Actor,
        region: &RegionCode,
        day: Date,
    ) -> Result<MorningReport, ReportsError> {
        actor.require(Permission::ViewOverview)?;
        self.store.find(region, day).await?.ok_or(ReportsError::NoSuchReport)
    }
}

/// Regions that have sites, with the zone of most of them.
fn zones(snapshot: &FleetSnapshot) -> BTreeMap<RegionCode, SiteZone> {
    let mut sites: BTreeMap<&RegionCode, BTreeMap<&str, (usize, &SiteZone)>> = BTreeMap::new();
    for site in snapshot.sites() {
        let zone = &site.details.zone;
        let zones = sites.entry(&site.details.region).or_default();
        zones.entry(zone.name()).or_insert((0, zone)).0 += 1;
    }
    sites
        .into_iter()
        .filter_map(|(region, zones)| {
            let (_, zone) = zones.into_values().max_by_key(|(count, _)| *count)?;
            Some((region.clone(), zone.clone()))
        })
        .collect()
}
