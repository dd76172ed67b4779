use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{
    AnomalyChange, AnomalyId, AnomalyNews, Assessment, Baseline, DaySummary,
};
use jiff::{SignedDuration, Timestamp};

use crate::fleet::FleetSnapshot;
use crate::monitoring::anomalies::AnomalyRecord;
use crate::monitoring::engine::{Engine, Stretch};
use crate::monitoring::{MaintenanceSpans, StoredAssessment};

/// Numbers of an open anomaly are told again after this long; new words at once.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What the assessor keeps besides the engine.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) engine: Engine,
    /// What was written of each site last.
    pub(super) written: HashMap<SiteId, Assessment>,
    /// Sites whose past days changed, so that their baselines wait for it.
    pub(super) relearn: HashSet<SiteId>,
    /// The minute in which all sites were judged last.
    pub(super) minute: Option<i64>,
    told: HashMap<AnomalyId, (Timestamp, String)>,
    snapshot: Option<Arc<FleetSnapshot>>,
}

impl State {
    /// Whether this is the state of that fleet.
    pub(super) fn is_of(&self, snapshot: &Arc<FleetSnapshot>) -> bool {
        self.snapshot.as_ref().is_some_and(|known| Arc::ptr_eq(known, snapshot))
    }

    pub(super) fn followed(&mut self, snapshot: Arc<FleetSnapshot>) {
        self.snapshot = Some(snapshot);
    }

    pub(super) fn snapshot(&self) -> Option<&Arc<FleetSnapshot>> {
        self.snapshot.as_ref()
    }

    /// Takes over what the store knows of sites.
    pub(super) fn take_known(&mut self, known: Known) {
        for (site, day) in known.days {
            if let Some(watch) = self.engine.site_mut(site) {
                watch.put_day(day);
            }
        }
        for open in known.anomalies {
            if let Some(watch) = self.engine.site_mut(open.site) {
                watch.stretches.push(Stretch::of(&open));
                watch.tracked.push(open.tracked());
            }
        }
        for baseline in known.baselines {
            if let Some(watch) = self.engine.site_mut(baseline.site) {
                watch.restore(baseline);
            }
        }
        for stored in known.assessments {
            let site = stored.assessment.site;
            if let Some(watch) = self.engine.site_mut(site) {
                watch.heard_before = stored.assessment.last_reading_at;
                self.written.insert(site, stored.assessment);
            }
        }
    }

    /// Takes over when work is planned.
    pub(super) fn take_maintenance(&mut self, spans: &MaintenanceSpans) {
        for watch in &mut self.engine.sites {
            watch.planned = spans.of(&watch.site);
        }
    }

    /// What of the news of a site is worth telling now.
    pub(super) fn worth_telling(
        &mut self,
        site: SiteId,
        at: Timestamp,
        news: Vec<(AnomalyId, AnomalyNews)>,
    ) -> Vec<AnomalyChange> {
        news.into_iter()
            .filter(|(id, news)| self.is_worth(*id, news, at))
            .map(|(anomaly, news)| AnomalyChange { anomaly, site, at, news })
            .collect()
    }

    fn is_worth(&mut self, id: AnomalyId, news: &AnomalyNews, at: Timestamp) -> bool {
        match news {
            AnomalyNews::Updated(seen) => {
                let cause = &seen.finding.cause;
                let known = self.told.get(&id).is_some_and(|(told, words)| {
                    at.duration_since(*told) < TOLD_AGAIN && words == cause
                });
                if !known {
                    self.told.insert(id, (at, cause.clone()));
                }
                !known
            }
            AnomalyNews::Raised(seen) | AnomalyNews::Reopened(seen) => {
                self.told.insert(id, (at, seen.finding.cause.clone()));
                true
            }
            AnomalyNews::Ended(_) | AnomalyNews::Withdrawn(_) => {
                self.told.remove(&id);
                true
            }
        }
    }
}

/// What the store knows of some sites.
pub(super) struct Known {
    pub(super) baselines: Vec<Baseline>,
    pub(super) days: Vec<(SiteId, DaySummary)>,
    pub(super) anomalies: Vec<AnomalyRecord>,
    pub(super) assessments: Vec<StoredAssessment>,
}
