use std::sync::{Arc, OnceLock};

use greengrid_domain::fleet::{Site, SiteCode, SiteId};
use greengrid_domain::monitoring::Action;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub use self::past::PastError;

use self::handled::Handled;
use self::standing::StandingCache;
use super::models::{
    Overview, OverviewQuery, OverviewRow, ReadingRecord, SiteCurve, SiteOverview, SitePage,
};
use super::site_list::{SitesPage, SitesQuery};
use super::{
    AnomalyRecord, AnomalyStore, AssessmentStore, DailyEnergy, PastStore, ReadModels,
    StoredAssessment,
};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;

mod causes;
mod curve;
mod handled;
#[cfg(test)]
mod handled_tests;
mod incidents;
mod judged;
mod order;
mod overview;
mod past;
#[cfg(test)]
mod past_tests;
mod sites;
mod standing;
#[cfg(test)]
mod tests;

/// Days of history on the page of a site.
const DAYS: i32 = 30;

/// Open anomalies that go with a site when it is taken.
const TAKEN: i64 = 20;

/// Local days a curve may span.
const CURVE_DAYS: i64 = 31;

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
    anomalies: Arc<dyn AnomalyStore>,
    past: Arc<dyn PastStore>,
    clock: Arc<dyn Clock>,
    #[builder(skip)]
    standing: Arc<StandingCache>,
    /// From when on the past is known: it does not change once anything is.
    #[builder(skip)]
    recorded: Arc<OnceLock<Timestamp>>,
}

impl Monitoring {
    /// The morning overview.
    pub async fn overview(
        &self,
        actor: &Actor,
        query: &OverviewQuery,
    ) -> Result<Overview, MonitoringError> {
        actor.require(Permission::ViewOverview)?;
        overview::overview(self, actor, query).await
    }

    /// A page of the list of sites.
    pub async fn sites(
        &self,
        actor: &Actor,
        query: &SitesQuery,
    ) -> Result<SitesPage, MonitoringError> {
        actor.require(Permission::ViewSites)?;
        sites::sites(self, query).await
    }

    /// The page of a site. A customer sees only their own; others' are
    /// [`MonitoringError::NoSuchSite`].
    pub async fn site(&self, actor: &Actor, code: &SiteCode) -> Result<SitePage, MonitoringError> {
        let site = self.visible(actor, code).await?;
        let today = site.details.zone.day(self.now());
        let ids = [site.id];
        let (stored, baselines, devices, days, span, handled) = tokio::try_join!(
            self.assessments.of_sites(&ids),
            self.assessments.baselines(&ids),
            self.read_models.devices_now(site.id),
            self.days_of(site.id, today),
            self.read_models.span(site.id),
            Handled::of_site(self, site.id),
        )?;
        let snapshot = self.directory.snapshot();
        Ok(SitePage {
            as_of: self.now(),
            region_name: snapshot.region_name(&site.details.region).to_owned(),
            row: stored.into_iter().next().map(|stored| settled(&site, stored, &handled, None)),
            neighbours: snapshot
                .sites()
                .filter(|other| other.details.region == site.details.region && other.id != site.id)
                .count(),
            baseline: baselines.into_iter().next().unwrap_or_else(|| untrained(site.id)),
            devices,
            days,
            span,
            site,
        })
    }

    /// Power against expected over local days, at most 31.
    pub async fn curve(
        &self,
        actor: &Actor,
        code: &SiteCode,
        from: Date,
        to: Date,
    ) -> Result<SiteCurve, MonitoringError> {
        let site = self.visible(actor, code).await?;
        let to = to.max(from).min(from.saturating_add((CURVE_DAYS - 1).days()));
        Ok(curve::curve(self, &site, from, to).await?)
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
        let site = self.visible(actor, code).await?;
        Ok(self.read_models.readings(site.id, from, to, limit.max(0)).await?)
    }

    /// The sites of the customer who asks, by name.
    pub async fn own_sites(&self, actor: &Actor) -> Result<Vec<SiteOverview>, MonitoringError> {
        actor.require(Permission::ViewOwnSites)?;
        let user = actor.user().ok_or(Denied)?;
        let ids = self.directory.store().sites_of(user).await?;
        Ok(self.overviews(&ids).await?)
    }

    /// One of the sites of the customer who asks; `None` inside until it is
    /// first assessed.
    pub async fn own_site(
        &self,
        actor: &Actor,
        code: &SiteCode,
    ) -> Result<(Arc<Site>, Option<SiteOverview>), MonitoringError> {
        actor.require(Permission::ViewOwnSites)?;
        let site = self.visible(actor, code).await?;
        let overview = self.overviews(&[site.id]).await?.pop();
        Ok((site, overview))
    }

    /// How those of these sites stand that have an anomaly which lasts, for the
    /// letters to those whose they are.
    pub async fn with_lasting_anomalies(
        &self,
        of: &[SiteId],
    ) -> Result<Vec<SiteOverview>, StoreError> {
        let handled = Handled::load(self).await?;
        let ids: Vec<SiteId> = of.iter().copied().filter(|site| handled.has(*site)).collect();
        let stored = self.assessments.of_sites(&ids).await?;
        Ok(self.told(stored, &handled))
    }

    /// How these sites stand, for those whose they are.
    async fn overviews(&self, ids: &[SiteId]) -> Result<Vec<SiteOverview>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (stored, handled) =
            tokio::try_join!(self.assessments.of_sites(ids), Handled::of_sites(self, ids))?;
        Ok(self.told(stored, &handled))
    }

    fn told(&self, stored: Vec<StoredAssessment>, handled: &Handled) -> Vec<SiteOverview> {
        let snapshot = self.directory.snapshot();
        let mut sites: Vec<SiteOverview> = stored
            .into_iter()
            .filter_map(|stored| {
                let site = snapshot.site(stored.assessment.site)?;
                Some(SiteOverview {
                    incident: incidents::for_customer(handled, &snapshot, &stored.assessment),
                    work: handled.work(site).cloned(),
                    row: settled(site, stored, handled, None),
                })
            })
            .collect();
        sites.sort_by(|a, b| a.row.site.details.name.cmp(&b.row.site.details.name));
        sites
    }

    /// Makes the actor the one who looks after a site, or hands it back.
    pub async fn take(
        &self,
        actor: &Actor,
        site: &SiteCode,
        mine: bool,
    ) -> Result<SiteId, MonitoringError> {
        actor.require(Permission::TakeAction)?;
        let user = actor.user().ok_or(Denied)?;
        let site = self.visible(actor, site).await?;
        let (owner, now) = (mine.then_some(user), self.now());
        self.assessments.set_owner(actor.initiator(), site.id, owner, now).await?;
        // Whoever takes a site takes its open anomalies; what their state does
        // not allow is theirs already, or over.
        let action = if mine { Action::Assign(user) } else { Action::HandBack };
        for record in self.anomalies.of_site(site.id, TAKEN).await? {
            if record.needs_people(now) {
                self.anomalies.act(user, record.id, now, &action, None).await?;
            }
        }
        Ok(site.id)
    }

    /// The present instant by which sites are judged.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The site, if the actor may know of it.
    async fn visible(&self, actor: &Actor, code: &SiteCode) -> Result<Arc<Site>, MonitoringError> {
        let site = self.directory.snapshot().site_by_code(code).cloned();
        if actor.may(Permission::ViewSites) {
            return site.ok_or(MonitoringError::NoSuchSite);
        }
        actor.require(Permission::ViewOwnSites)?;
        let user = actor.user().ok_or(Denied)?;
        let own = self.directory.store().sites_of(user).await?;
        site.filter(|site| own.contains(&site.id)).ok_or(MonitoringError::NoSuchSite)
    }

    async fn days_of(&self, site: SiteId, today: Date) -> Result<Vec<DailyEnergy>, StoreError> {
        let from = today.saturating_sub((DAYS - 1).days());
        let days = self.read_models.days(&[site], from, today).await?;
        Ok(days.into_iter().map(|(_, day)| day).collect())
    }
}

fn row(
    site: Arc<Site>,
    stored: StoredAssessment,
    case: Option<AnomalyRecord>,
    rank: Option<usize>,
) -> OverviewRow {
    let StoredAssessment { assessment, raised_at, owner } = stored;
    OverviewRow { site, assessment, raised_at, owner, case, rank }
}

/// The row of a site with what people made of it.
fn settled(
    site: &Arc<Site>,
    mut stored: StoredAssessment,
    handled: &Handled,
    rank: Option<usize>,
) -> OverviewRow {
    handled.settle(site, &mut stored);
    let kind = stored.assessment.finding.as_ref().map(|finding| finding.kind);
    let case = kind.and_then(|kind| handled.case(site.id, kind)).cloned();
    row(Arc::clone(site), stored, case, rank)
}

fn untrained(site: SiteId) -> greengrid_domain::monitoring::Baseline {
    greengrid_domain::monitoring::Baseline::untrained(site)
}

/// Whether the site's name, code or customer holds a text, case aside.
fn holds(site: &Site, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let within = |value: &str| value.to_lowercase().contains(&text);
    within(site.details.name.as_str())
        || within(site.code.as_str())
        || site.details.customer.as_deref().is_some_and(within)
}

/// Readings of quarter hours arrive until this long after their end.
const ARRIVAL: SignedDuration = SignedDuration::from_mins(6);
