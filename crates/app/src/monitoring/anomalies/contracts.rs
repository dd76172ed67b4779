use async_trait::async_trait;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyId, LifeError, MaintenanceId, MaintenanceWindow, Note,
    QuietPattern, QuietPatternId,
};
use jiff::Timestamp;

use super::records::{AnomalyRecord, HistoryEntry, IncidentRecord, Lesson, RuleTally};
use crate::error::StoreError;

/// What came of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Acted {
    /// It was done; the anomaly as it is now.
    Done(Box<AnomalyRecord>),
    /// The anomaly does not allow it, by its state at that moment.
    Refused(LifeError),
    /// There is no such anomaly.
    NoSuchAnomaly,
}

/// Keeps anomalies and what becomes of them among people. Every change is one
/// transaction with its history, its audit entry, and the notices of
/// [`crate::live::Topic::Fleet`], of the site and of
/// [`crate::live::Topic::Scorecard`].
#[async_trait]
pub trait AnomalyStore: Send + Sync {
    /// What the detector has to go on with after a restart: anomalies of these
    /// sites that last by its own measure, whatever people made of them, and
    /// those that ended after an instant, a day ago as a rule. Withdrawn ones
    /// are not among them.
    async fn open_of(
        &self,
        sites: &[SiteId],
        ended_after: Timestamp,
    ) -> Result<Vec<AnomalyRecord>, StoreError>;
    /// Takes in news of the detector, in the order given, as
    /// [`super::apply::hear`] says, and folds what is open into incidents. The
    /// same news may come again. News of sites that are gone is left out.
    async fn record(&self, changes: &[AnomalyChange]) -> Result<(), StoreError>;
    /// All anomalies of the fleet that last or that people are not done with.
    async fn active(&self) -> Result<Vec<AnomalyRecord>, StoreError>;
    /// The anomalies of a site, those that last first, then the newest; at most
    /// `limit`.
    async fn of_site(&self, site: SiteId, limit: i64) -> Result<Vec<AnomalyRecord>, StoreError>;
    /// One anomaly.
    async fn find(&self, id: AnomalyId) -> Result<Option<AnomalyRecord>, StoreError>;
    /// What happened in the lives of these anomalies, newest first.
    async fn history(&self, ids: &[AnomalyId]) -> Result<Vec<HistoryEntry>, StoreError>;
    /// Does what a person wants with an anomaly, if its state at that moment
    /// allows it. With a lesson, a dismissal is kept as a quiet pattern.
    async fn act(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        action: &Action,
        lesson: Option<&Lesson>,
    ) -> Result<Acted, StoreError>;
    /// Adds a note. Returns whether there is such an anomaly.
    async fn note(
        &self,
        by: UserId,
        id: AnomalyId,
        at: Timestamp,
        note: &Note,
    ) -> Result<bool, StoreError>;
    /// Quiet patterns of a site that have not ended at an instant, oldest
    /// first.
    async fn patterns(&self, site: SiteId, now: Timestamp)
    -> Result<Vec<QuietPattern>, StoreError>;
    /// Ends a quiet pattern. Returns whether a site has it.
    async fn forget(
        &self,
        by: UserId,
        site: SiteId,
        id: QuietPatternId,
    ) -> Result<bool, StoreError>;
    /// Keeps a maintenance window.
    async fn plan(&self, by: UserId, window: &MaintenanceWindow) -> Result<(), StoreError>;
    /// Takes a maintenance window back at an instant, up to which the past shows
    /// it. Returns it, if there was one.
    async fn cancel(
        &self,
        by: UserId,
        id: MaintenanceId,
        at: Timestamp,
    ) -> Result<Option<MaintenanceWindow>, StoreError>;
    /// Maintenance windows that end after an instant, by their begin.
    async fn windows(&self, ending_after: Timestamp) -> Result<Vec<MaintenanceWindow>, StoreError>;
    /// Incidents that go on, the earliest first.
    async fn incidents(&self) -> Result<Vec<IncidentRecord>, StoreError>;
    /// Those to whom an anomaly can be given: key and name, by name.
    async fn crew(&self) -> Result<Vec<(UserId, String)>, StoreError>;
    /// How the anomalies raised since an instant ended, by kind.
    async fn tally(&self, raised_since: Timestamp) -> Result<Vec<RuleTally>, StoreError>;
}
