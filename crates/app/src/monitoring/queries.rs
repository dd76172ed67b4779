use std::sync::Arc;

use greengrid_domain::fleet::{SiteCode, SiteId};
use jiff::Timestamp;
use jiff::civil::Date;

use super::models::{
    Overview, OverviewQuery, ReadingRecord, SiteCurve, SiteOverview, SitePage, SitesPage,
    SitesQuery,
};
use super::{AssessmentStore, ReadModels};
use crate::actor::{Actor, Denied};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;

/// Why a question about the fleet has no answer.
#[derive(Debug, thiserror::Error)]
pub enum MonitoringError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such site, or not for this person.
    #[error("there is no such site")]
    NoSuchSite,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Answers questions about where the fleet and its sites stand.
#[derive(Clone, bon::Builder)]
pub struct Monitoring {
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    assessments: Arc<dyn AssessmentStore>,
    clock: Arc<dyn Clock>,
}

impl Monitoring {
    /// The morning overview.
    pub async fn overview(
        &self,
        actor: &Actor,
        query: &OverviewQuery,
    ) -> Result<Overview, MonitoringError> {
        let _ = (actor, query, &self.directory, &self.read_models, &self.assessments, &self.clock);
        unimplemented!()
    }

    /// A page of the list of sites.
    pub async fn sites(
        &self,
        actor: &Actor,
        query: &SitesQuery,
    ) -> Result<SitesPage, MonitoringError> {
        let _ = (actor, query);
        unimplemented!()
    }

    /// The page of a site. A customer sees only their own; others' are
    /// [`MonitoringError::NoSuchSite`].
    pub async fn site(&self, actor: &Actor, code: &SiteCode) -> Result<SitePage, MonitoringError> {
        let _ = (actor, code);
        unimplemented!()
    }

    /// Power against expected over local days, at most 31.
    pub async fn curve(
        &self,
        actor: &Actor,
        code: &SiteCode,
        from: Date,
        to: Date,
    ) -> Result<SiteCurve, MonitoringError> {
        let _ = (actor, code, from, to);
        unimplemented!()
    }

    /// Readings of a site, newest first.
    pub async fn readings(
        &self,
        actor: &Actor,
        code: &SiteCode,
        from: Timestamp,
        to: Timestamp,
        limit: i64,
    ) -> Result<Vec<ReadingRecord>, MonitoringError> {
        let _ = (actor, code, from, to, limit);
        unimplemented!()
    }

    /// The sites of the customer who asks.
    pub async fn own_sites(&self, actor: &Actor) -> Result<Vec<SiteOverview>, MonitoringError> {
        let _ = actor;
        unimplemented!()
    }

    /// Makes the actor the one who looks after a site, or hands it back.
    pub async fn take(
        &self,
        actor: &Actor,
        site: &SiteCode,
        mine: bool,
    ) -> Result<SiteId, MonitoringError> {
        let _ = (actor, site, mine);
        unimplemented!()
    }

    /// The present instant by which sites are judged.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
