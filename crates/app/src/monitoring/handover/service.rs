use std::sync::Arc;

use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::Phase;
use jiff::{SignedDuration, Timestamp};

use super::contracts::HandoverStore;
use super::model::{Handover, Turns, Waits};
use super::sort::sort;
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;
use crate::monitoring::reports::{MorningReport, ReportStore};
use crate::monitoring::{Monitoring, MonitoringError, OverviewQuery, OverviewRow};

/// Without a report, or after one that is older than the next should be.
const USUAL: SignedDuration = SignedDuration::from_hours(24);

/// A report older than this is not the last shift any more.
const OLDEST: SignedDuration = SignedDuration::from_hours(72);

/// What comes within this time is told.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Events looked at, of which those of people are told one by one.
const TURNS: i64 = 2_000;

/// Sites that wait, told one by one.
const SITES: u16 = 200;

/// Tells what one shift leaves to the next.
#[derive(Clone, bon::Builder)]
pub struct Handovers {
    monitoring: Monitoring,
    store: Arc<dyn HandoverStore>,
    reports: Arc<dyn ReportStore>,
}

/// Why there is no handover to show.
#[derive(Debug, thiserror::Error)]
pub enum HandoverError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such region.
    #[error("there is no such region")]
    NoSuchRegion,
    /// The overview failed.
    #[error(transparent)]
    Monitoring(#[from] MonitoringError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Handovers {
    /// What there is to hand over now, of one region unless of all.
    pub async fn now(
        &self,
        actor: &Actor,
        region: Option<RegionCode>,
    ) -> Result<Handover, HandoverError> {
        actor.require(Permission::ViewOverview)?;
        let now = self.monitoring.now();
        let (since, after_report) = self.last_report(region.as_ref(), now).await?;
        let query =
            OverviewQuery { region: region.clone(), limit: SITES, ..OverviewQuery::default() };
        let ahead = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
        let overview = self.monitoring.overview(actor, &query).await?;
        let (turns, put_off, work) = tokio::try_join!(
            self.turns(region.as_ref(), since, now),
            self.store.put_off(region.as_ref(), now, ahead),
            self.store.work(region.as_ref(), now, ahead),
        )?;
        let region = match region {
            None => None,
            Some(code) => {
                let found = overview.regions.iter().find(|region| region.code == code);
                let name = found.ok_or(HandoverError::NoSuchRegion)?.name.clone();
                Some((code, name))
            }
        };
        let incidents = overview.incidents.into_iter().flat_map(|line| line.rows);
        let mut rows: Vec<OverviewRow> = overview.rows.into_iter().chain(incidents).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(loss(row)));
        let (unseen, in_hand) = rows.into_iter().partition(|row| is_unseen(row, now));
        Ok(Handover {
            region,
            since,
            after_report,
            now,
            zone: overview.zone,
            turns,
            waits: Waits { unseen, in_hand, put_off, work },
        })
    }

    /// What happened between the report before one and this.
    pub async fn before(
        &self,
        actor: &Actor,
        report: &MorningReport,
    ) -> Result<Turns, HandoverError> {
        actor.require(Permission::ViewOverview)?;
        Ok(self.turns_before(report).await?)
    }

    /// The same for whoever writes the report.
    pub(crate) async fn turns_before(&self, report: &MorningReport) -> Result<Turns, StoreError> {
        let yesterday = match report.day.yesterday() {
            Ok(day) => self.reports.find(&report.region, day).await?,
            Err(_) => None,
        };
        let since = yesterday.map_or_else(
            || report.made_at.checked_sub(USUAL).unwrap_or(Timestamp::MIN),
            |before| before.made_at,
        );
        self.turns(Some(&report.region), since, report.made_at).await
    }

    async fn turns(
        &self,
        region: Option<&RegionCode>,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Turns, StoreError> {
        let (turns, deeds) = tokio::try_join!(
            self.store.turns(region, since, until, TURNS),
            self.store.alert_deeds(region, since, until, TURNS)
        )?;
        let all = |count: usize| i64::try_from(count).is_ok_and(|count| count < TURNS);
        let cut = !all(turns.len()) || !all(deeds.len());
        Ok(sort(since, turns, deeds, cut))
    }

    /// When the last report was written, of several regions the first of their
    /// last, so that nothing falls between two.
    async fn last_report(
        &self,
        region: Option<&RegionCode>,
        now: Timestamp,
    ) -> Result<(Timestamp, bool), StoreError> {
        let newest = self.reports.newest().await?;
        let since = newest
            .into_iter()
            .filter(|report| region.is_none_or(|region| *region == report.region))
            .map(|report| report.made_at)
            .filter(|at| *at <= now && now.duration_since(*at) <= OLDEST)
            .min();
        Ok(match since {
            Some(since) => (since, true),
            None => (now.checked_sub(USUAL).unwrap_or(Timestamp::MIN), false),
        })
    }
}

fn loss(row: &OverviewRow) -> rust_decimal::Decimal {
    row.assessment.finding.as_ref().map_or_else(Default::default, |it| it.money_per_day.amount)
}

/// Whether nobody has said anything to what a site shows.
fn is_unseen(row: &OverviewRow, now: Timestamp) -> bool {
    let open = row.case.as_ref().is_none_or(|case| case.life.phase(now) == Phase::Open);
    row.owner.is_none() && open
}
