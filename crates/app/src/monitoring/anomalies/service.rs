use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteCode};
use greengrid_domain::monitoring::{
    Action, AnomalyId, AnomalyKind, MaintenanceId, MaintenanceScope, MaintenanceWindow, Note,
    QuietPatternId,
};
use jiff::{SignedDuration, Timestamp};
use strum::IntoEnumIterator;

use super::{
    Acted, AnomalyError, AnomalyRecord, AnomalyStore, Dismiss, HistoryEntry, IncidentRecord,
    Lesson, PlanMaintenance, RuleTally, Scorecard, SiteCases,
};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::fleet::Directory;
use crate::ids::Ids;

/// Anomalies on the page of a site.
const SHOWN: i64 = 12;

/// What people do with anomalies.
#[derive(Clone, bon::Builder)]
pub struct Anomalies {
    directory: Directory,
    store: Arc<dyn AnomalyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Anomalies {
    /// The anomalies of a site with their histories, what stays quiet there
    /// and what is planned.
    pub async fn cases(&self, actor: &Actor, code: &SiteCode) -> Result<SiteCases, AnomalyError> {
        actor.require(Permission::ViewSites)?;
        let site = self.site(code)?;
        let now = self.clock.now();
        let (records, incidents, patterns, windows, crew) = tokio::try_join!(
            self.store.of_site(site.id, SHOWN),
            self.store.incidents(),
            self.store.patterns(site.id, now),
            self.store.windows(now),
            self.store.crew(),
        )?;
        let ids: Vec<AnomalyId> = records.iter().map(|record| record.id).collect();
        let own = |incident: &IncidentRecord| {
            records.iter().any(|record| record.incident == Some(incident.id))
        };
        let fleet = self.directory.snapshot();
        let incidents = incidents.into_iter().filter(own).map(|record| {
            let place = fleet.place_of(&record.incident.cause);
            (record, place)
        });
        let incidents = incidents.collect();
        let mut of: HashMap<AnomalyId, Vec<HistoryEntry>> = HashMap::new();
        for entry in self.store.history(&ids).await? {
            of.entry(entry.anomaly).or_default().push(entry);
        }
        let cases = records.into_iter().map(|record| {
            let history = of.remove(&record.id).unwrap_or_default();
            (record, history)
        });
        Ok(SiteCases {
            cases: cases.collect(),
            incidents,
            patterns,
            windows: windows.into_iter().filter(|window| window.concerns(&site)).collect(),
            crew,
            site,
        })
    }

    /// One anomaly of a site.
    pub async fn find(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
    ) -> Result<(Arc<Site>, AnomalyRecord), AnomalyError> {
        actor.require(Permission::ViewSites)?;
        self.known(code, id).await
    }

    /// Does what a person wants with an anomaly. What is given to somebody has
    /// to be given to one who may handle it.
    pub async fn act(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
        action: Action,
    ) -> Result<AnomalyRecord, AnomalyError> {
        actor.require(Permission::HandleAnomalies)?;
        if let Action::Assign(to) = action
            && !self.store.crew().await?.iter().any(|(known, _)| *known == to)
        {
            return Err(AnomalyError::NotOfTheCrew);
        }
        self.done(actor, code, id, &action, None).await
    }

    /// Puts an anomaly off for a while.
    pub async fn snooze(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
        wait: SignedDuration,
    ) -> Result<AnomalyRecord, AnomalyError> {
        let until = self.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX);
        self.act(actor, code, id, Action::Snooze { until }).await
    }

    /// Dismisses an anomaly and, if wanted, keeps the same pattern quiet at
    /// this site from now on.
    pub async fn dismiss(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
        command: Dismiss,
    ) -> Result<AnomalyRecord, AnomalyError> {
        actor.require(Permission::HandleAnomalies)?;
        let lesson = command.teaches.then(|| Lesson {
            id: self.ids.uuid().into(),
            hours: command.hours,
            until: command.lasts.and_then(|lasts| self.clock.now().checked_add(lasts).ok()),
        });
        let action = Action::Dismiss { why: command.why, note: command.note };
        self.done(actor, code, id, &action, lesson.as_ref()).await
    }

    /// Adds a note.
    pub async fn note(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
        note: &Note,
    ) -> Result<(), AnomalyError> {
        actor.require(Permission::WriteNotes)?;
        let by = actor.user().ok_or(Denied)?;
        self.known(code, id).await?;
        let written = self.store.note(by, id, self.clock.now(), note).await?;
        if written { Ok(()) } else { Err(AnomalyError::Missing) }
    }

    /// Ends a quiet pattern: what it covers is told again.
    pub async fn forget(
        &self,
        actor: &Actor,
        code: &SiteCode,
        pattern: QuietPatternId,
    ) -> Result<(), AnomalyError> {
        actor.require(Permission::HandleAnomalies)?;
        let by = actor.user().ok_or(Denied)?;
        let site = self.site(code)?;
        let known = self.store.forget(by, site.id, pattern).await?;
        if known { Ok(()) } else { Err(AnomalyError::Missing) }
    }

    /// Plans work at a site or in its whole region.
    pub async fn plan(
        &self,
        actor: &Actor,
        code: &SiteCode,
        command: PlanMaintenance,
    ) -> Result<MaintenanceWindow, AnomalyError> {
        actor.require(Permission::PlanMaintenance)?;
        let by = actor.user().ok_or(Denied)?;
        let site = self.site(code)?;
        let scope = if command.whole_region {
            MaintenanceScope::Region(site.details.region.clone())
        } else {
            MaintenanceScope::Site(site.id)
        };
        let id = MaintenanceId::from(self.ids.uuid());
        let window = MaintenanceWindow::new(id, scope, command.from, command.to, command.why)?;
        self.store.plan(by, &window).await?;
        Ok(window)
    }

    /// Takes planned work back.
    pub async fn cancel(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: MaintenanceId,
    ) -> Result<(), AnomalyError> {
        actor.require(Permission::PlanMaintenance)?;
        let by = actor.user().ok_or(Denied)?;
        let site = self.site(code)?;
        let windows = self.store.windows(self.clock.now()).await?;
        if !windows.iter().any(|window| window.id == id && window.concerns(&site)) {
            return Err(AnomalyError::Missing);
        }
        let cancelled = self.store.cancel(by, id, self.clock.now()).await?;
        if cancelled.is_some() { Ok(()) } else { Err(AnomalyError::Missing) }
    }

    /// How right each rule was over the last days.
    pub async fn scorecard(&self, actor: &Actor, days: u16) -> Result<Scorecard, AnomalyError> {
        actor.require(Permission::ViewScorecard)?;
        let as_of = self.clock.now();
        let since = self.days_ago(days);
        let counted = self.store.tally(since).await?;
        let of = |kind| counted.iter().find(|tally| tally.kind == kind).copied();
        let mut rules: Vec<RuleTally> = AnomalyKind::iter()
            .map(|kind| of(kind).unwrap_or_else(|| RuleTally::empty(kind)))
            .collect();
        rules.sort_by_key(|tally| std::cmp::Reverse(tally.fired));
        Ok(Scorecard { as_of, since, rules })
    }

    fn days_ago(&self, days: u16) -> Timestamp {
        self.clock.now() - SignedDuration::from_hours(24 * i64::from(days))
    }

    fn site(&self, code: &SiteCode) -> Result<Arc<Site>, AnomalyError> {
        self.directory.snapshot().site_by_code(code).cloned().ok_or(AnomalyError::Missing)
    }

    async fn known(
        &self,
        code: &SiteCode,
        id: AnomalyId,
    ) -> Result<(Arc<Site>, AnomalyRecord), AnomalyError> {
        let site = self.site(code)?;
        let record = self.store.find(id).await?.filter(|record| record.site == site.id);
        record.map(|record| (site, record)).ok_or(AnomalyError::Missing)
    }

    async fn done(
        &self,
        actor: &Actor,
        code: &SiteCode,
        id: AnomalyId,
        action: &Action,
        lesson: Option<&Lesson>,
    ) -> Result<AnomalyRecord, AnomalyError> {
        let by = actor.user().ok_or(Denied)?;
        self.known(code, id).await?;
        match self.store.act(by, id, self.clock.now(), action, lesson).await? {
            Acted::Done(record) => Ok(*record),
            Acted::Refused(error) => Err(error.into()),
            Acted::NoSuchAnomaly => Err(AnomalyError::Missing),
        }
    }
}
