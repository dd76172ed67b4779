//! What people made of the fleet's anomalies, as far as it decides where a
//! site stands.

use std::collections::HashMap;

use futures::future::try_join_all;
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::{AnomalyKind, MaintenanceWindow, Phase, Status, planned};
use jiff::Timestamp;

use super::Monitoring;
use crate::error::StoreError;
use crate::monitoring::{AnomalyRecord, IncidentRecord, StoredAssessment};

/// Anomalies of a site that are read: a handful are enough, for those that last
/// come first.
const MOST: i64 = 20;

/// Open anomalies, planned work and incidents at one moment.
#[derive(Default)]
pub(super) struct Handled {
    now: Timestamp,
    cases: HashMap<SiteId, Vec<AnomalyRecord>>,
    windows: Vec<MaintenanceWindow>,
    pub(super) incidents: Vec<IncidentRecord>,
}

impl Handled {
    pub(super) async fn load(service: &Monitoring) -> Result<Self, StoreError> {
        let now = service.now();
        let store = &service.anomalies;
        let (active, windows, incidents) =
            tokio::try_join!(store.active(), store.windows(now), store.incidents())?;
        Ok(Self { incidents, ..Self::of(now, active, windows) })
    }

    /// Of one site alone, incidents aside.
    pub(super) async fn of_site(service: &Monitoring, site: SiteId) -> Result<Self, StoreError> {
        let now = service.now();
        let store = &service.anomalies;
        let (records, windows) = tokio::try_join!(store.of_site(site, MOST), store.windows(now))?;
        Ok(Self::of(now, records, windows))
    }

    /// At a past moment.
    pub(super) fn past(
        at: Timestamp,
        active: Vec<AnomalyRecord>,
        windows: Vec<MaintenanceWindow>,
        incidents: Vec<IncidentRecord>,
    ) -> Self {
        Self { incidents, ..Self::of(at, active, windows) }
    }

    /// Of a few sites, incidents included.
    pub(super) async fn of_sites(
        service: &Monitoring,
        sites: &[SiteId],
    ) -> Result<Self, StoreError> {
        let now = service.now();
        let store = &service.anomalies;
        let records = try_join_all(sites.iter().map(|site| store.of_site(*site, MOST)));
        let (records, windows, incidents) =
            tokio::try_join!(records, store.windows(now), store.incidents())?;
        Ok(Self { incidents, ..Self::of(now, records.into_iter().flatten().collect(), windows) })
    }

    /// Whether a site has an anomaly that lasts.
    pub(super) fn has(&self, site: SiteId) -> bool {
        self.cases.contains_key(&site)
    }

    /// The work planned at a site that ends first.
    pub(super) fn work(&self, site: &Site) -> Option<&MaintenanceWindow> {
        let ahead = self.windows.iter().filter(|window| window.concerns(site));
        ahead.min_by_key(|window| window.to())
    }

    fn of(now: Timestamp, active: Vec<AnomalyRecord>, windows: Vec<MaintenanceWindow>) -> Self {
        let mut cases: HashMap<SiteId, Vec<AnomalyRecord>> = HashMap::new();
        for record in active.into_iter().filter(|record| record.until.is_none()) {
            cases.entry(record.site).or_default().push(record);
        }
        Self { now, cases, windows, incidents: Vec::new() }
    }

    /// When this is no longer right although nobody changed anything: a snooze
    /// passes, planned work begins or ends.
    pub(super) fn holds_until(&self) -> Timestamp {
        let snoozes = self.cases.values().flatten().filter_map(|record| match record.life.stage {
            greengrid_domain::monitoring::Stage::Snoozed { until, .. } => Some(until),
            _ => None,
        });
        let windows = self.windows.iter().flat_map(|window| [window.from(), window.to()]);
        snoozes.chain(windows).filter(|at| *at > self.now).min().unwrap_or(Timestamp::MAX)
    }

    /// The anomaly behind what was found at a site.
    pub(super) fn case(&self, site: SiteId, kind: AnomalyKind) -> Option<&AnomalyRecord> {
        self.cases.get(&site)?.iter().find(|record| record.kind == kind)
    }

    /// Gives a site the standing that what people decided leaves it. What is
    /// known or dismissed needs nobody, so its site is on track; what is put
    /// off, planned, or called repaired and waits for its proof is watched.
    pub(super) fn settle(&self, site: &Site, stored: &mut StoredAssessment) {
        let assessment = &mut stored.assessment;
        if !assessment.status.needs_action() && assessment.status != Status::Watch {
            return;
        }
        let Some(kind) = assessment.finding.as_ref().map(|finding| finding.kind) else { return };
        let case = self.case(site.id, kind);
        let phase = case.map(|case| case.life.phase(self.now));
        if case.is_some_and(|case| case.quiet.is_some()) || phase == Some(Phase::Dismissed) {
            assessment.status = Status::OnTrack;
            assessment.finding = None;
        } else if matches!(phase, Some(Phase::Snoozed | Phase::Fixed))
            || planned(&self.windows, site, self.now).is_some()
        {
            assessment.status = Status::Watch;
        }
        if stored.owner.is_none()
            && let Some(case) = case
            && let (Some(id), Some(name)) = (case.life.assigned, &case.assigned_name)
        {
            stored.owner = Some((id, name.clone()));
        }
    }
}
