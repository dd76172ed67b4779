use std::sync::Arc;

use greengrid_domain::customer::{
    Assumptions, AssumptionsError, GridFactor, HistorySpan, Period, SelfUse, SiteRole,
};
use greengrid_domain::fleet::{Site, SiteCode, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::time::{Interval, SiteZone};
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::contracts::{HistoryMonth, HistoryStore};
use super::history::{Known, stretches};
use super::models::{History, HistoryQuery, OwnSite, OwnSitePage, Sums, WorthOverTime};
use super::trouble::trouble;
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::monitoring::{Monitoring, MonitoringError, ReadModels, SiteOverview};

/// Why something about one's own site was refused.
#[derive(Debug, thiserror::Error)]
pub enum OwnSiteError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such site, or not for this person.
    #[error("there is no such site")]
    NoSuchSite,
    /// Only an owner decides.
    #[error("only an owner of the site may do that")]
    NotAnOwner,
    /// What was stated cannot be.
    #[error(transparent)]
    Assumptions(#[from] AssumptionsError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<MonitoringError> for OwnSiteError {
    fn from(error: MonitoringError) -> Self {
        match error {
            MonitoringError::Denied(denied) => Self::Denied(denied),
            MonitoringError::NoSuchSite => Self::NoSuchSite,
            MonitoringError::Store(error) => Self::Store(error),
        }
    }
}

/// What an owner states of their site, in its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateAssumptions {
    /// What a kilowatt-hour from the grid costs.
    pub bought: Decimal,
    /// What a kilowatt-hour fed into the grid brings.
    pub fed_in: Decimal,
    /// How much is used in the house, in per cent.
    pub self_use_percent: u16,
}

/// A person's own sites: how they stand, what they made, what it was worth.
#[derive(Clone, bon::Builder)]
pub struct OwnSites {
    monitoring: Monitoring,
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    store: Arc<dyn HistoryStore>,
    clock: Arc<dyn Clock>,
}

impl OwnSites {
    /// All of them, by name.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<OwnSite>, OwnSiteError> {
        let sites = self.monitoring.own_sites(actor).await?;
        let roles = self.roles(actor).await?;
        let own = sites.into_iter().filter_map(|site| {
            let role = role_at(&roles, site.row.site.id)?;
            Some(self.own(site, role))
        });
        Ok(own.collect())
    }

    /// The page of one of them. `None` until it is first assessed.
    pub async fn page(
        &self,
        actor: &Actor,
        code: &SiteCode,
        query: HistoryQuery,
    ) -> Result<Option<OwnSitePage>, OwnSiteError> {
        let (site, role) = self.own_site(actor, code).await?;
        let today = site.details.zone.day(self.clock.now());
        let ((_, overview), curve) = tokio::try_join!(
            self.monitoring.own_site(actor, code),
            self.monitoring.curve(actor, code, today, today)
        )?;
        let Some(overview) = overview else { return Ok(None) };
        let tariff = site.details.price;
        let assumptions = self.store.assumptions(site.id, tariff).await?;
        let (history, months, sums) = self.told(&site, query).await?;
        let year = |month: &&HistoryMonth| month.first.year() == today.year();
        let this_year = worth(&assumptions, &months.iter().filter(year));
        let lifetime = worth(&assumptions, &months.iter());
        let grid = GridFactor::around(&site.details.zone);
        let made_today = overview.row.assessment.energy_today;
        let worth_today = of_share(&assumptions, made_today, lifetime.worth.self_use);
        Ok(Some(OwnSitePage {
            site: self.own(overview, role),
            today: curve,
            sums,
            history,
            assumptions,
            avoided: [made_today, this_year.made, lifetime.made].map(|made| grid.avoided_by(made)),
            worth_today,
            this_year,
            lifetime,
            grid,
        }))
    }

    /// A stretch of the history of one of them, with its zone.
    pub async fn history(
        &self,
        actor: &Actor,
        code: &SiteCode,
        query: HistoryQuery,
    ) -> Result<(Arc<Site>, History), OwnSiteError> {
        let (site, _) = self.own_site(actor, code).await?;
        let (history, _, _) = self.told(&site, query).await?;
        Ok((site, history))
    }

    /// Keeps what an owner states of the worth of their energy.
    pub async fn state_assumptions(
        &self,
        actor: &Actor,
        code: &SiteCode,
        stated: StateAssumptions,
    ) -> Result<(), OwnSiteError> {
        actor.require(Permission::ShareOwnSites)?;
        let (site, role) = self.own_site(actor, code).await?;
        if !role.decides() {
            return Err(OwnSiteError::NotAnOwner);
        }
        let currency = site.details.price.of_one_kwh().currency;
        let StateAssumptions { bought, fed_in, self_use_percent } = stated;
        let stated = Assumptions::stated(currency, bought, fed_in, self_use_percent)?;
        Ok(self.store.state_assumptions(actor.initiator(), site.id, &stated).await?)
    }

    /// One of them with what the actor is to it. What belongs to others is
    /// [`OwnSiteError::NoSuchSite`].
    pub(super) async fn own_site(
        &self,
        actor: &Actor,
        code: &SiteCode,
    ) -> Result<(Arc<Site>, SiteRole), OwnSiteError> {
        let roles = self.roles(actor).await?;
        let site = self.directory.snapshot().site_by_code(code).cloned();
        let site = site.ok_or(OwnSiteError::NoSuchSite)?;
        let role = role_at(&roles, site.id).ok_or(OwnSiteError::NoSuchSite)?;
        Ok((site, role))
    }

    async fn roles(&self, actor: &Actor) -> Result<Vec<(SiteId, SiteRole)>, OwnSiteError> {
        actor.require(Permission::ViewOwnSites)?;
        let user: UserId = actor.user().ok_or(Denied)?;
        Ok(self.directory.store().roles_of(user).await?)
    }

    fn own(&self, site: SiteOverview, role: SiteRole) -> OwnSite {
        let as_of = self.clock.now();
        OwnSite { as_of, trouble: trouble(&site, as_of), row: site.row, role }
    }

    /// The stretch asked for, all months, and what was made up to now.
    async fn told(
        &self,
        site: &Site,
        query: HistoryQuery,
    ) -> Result<(History, Vec<HistoryMonth>, Sums), StoreError> {
        let (zone, now) = (&site.details.zone, self.clock.now());
        let today = zone.day(now);
        let months = self.store.months(site.id).await?;
        let first = months.first().map_or(today, |month| month.span.0);
        let at = query.at.unwrap_or(today).clamp(first.min(today), today);
        let period = Period::containing(query.span, at, first);
        let week = Period::containing(HistorySpan::Week, today, first);
        let month = Period::containing(HistorySpan::Month, today, first);
        let mut of = match query.span {
            HistorySpan::Lifetime => Vec::new(),
            _ => stretches(period),
        };
        of.push((week.from.min(month.from), today));
        let days = self.store.days(site.id, &of).await?;
        let hours = match query.span {
            HistorySpan::Day => self.hours(site.id, zone, period).await?,
            _ => Vec::new(),
        };
        let known = Known { zone, now, days: &days, months: &months, hours: &hours };
        let history = known.history(period);
        let sums = known.sums();
        Ok((history, months, sums))
    }

    /// The quarter hours of a day and of the same day a year before.
    async fn hours(
        &self,
        site: SiteId,
        zone: &SiteZone,
        period: Period,
    ) -> Result<Vec<(Interval, Energy)>, StoreError> {
        let of = async |day: Date| {
            let from = Interval::containing(zone.start_of(day));
            self.read_models.intervals(&[site], from, Interval::containing(zone.end_of(day))).await
        };
        let mut quarters = of(period.from).await?;
        if let Some(before) = period.year_before(period.from) {
            quarters.extend(of(before).await?);
        }
        Ok(quarters.into_iter().map(|(_, actual)| (actual.interval, actual.energy)).collect())
    }
}

fn role_at(roles: &[(SiteId, SiteRole)], site: SiteId) -> Option<SiteRole> {
    roles.iter().find(|(known, _)| *known == site).map(|(_, role)| *role)
}

/// What months were worth. A meter's share of own use is that of the days on
/// which it counted, and holds for all.
pub(super) fn worth<'a>(
    assumptions: &Assumptions,
    months: &(impl Iterator<Item = &'a HistoryMonth> + Clone),
) -> WorthOverTime {
    let sum = |of: fn(&HistoryMonth) -> Energy| months.clone().map(of).sum::<Energy>();
    let made = sum(|month| month.energy);
    let measured = SelfUse::measured(sum(|month| month.metered), sum(|month| month.fed_in));
    of_share(assumptions, made, measured.unwrap_or(SelfUse::Assumed(assumptions.self_use)))
}

/// What energy was worth with a share of own use.
fn of_share(assumptions: &Assumptions, made: Energy, self_use: SelfUse) -> WorthOverTime {
    WorthOverTime { made, worth: assumptions.worth(made, self_use) }
}
