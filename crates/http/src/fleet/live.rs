//! What streams of this module's pages replace: the same `#main` that the
//! page itself came with.

use greengrid_app::actor::{Actor, Permission};
use greengrid_app::monitoring::SitesQuery;
use greengrid_domain::fleet::SiteCode;
use jiff::Span;
use jiff::civil::Date;
use maud::Markup;

use super::dto::Days;
use super::site::{self, SHOWN_READINGS, SiteView};
use super::sites::{self, SitesView};
use crate::fault::Fault;
use crate::state::AppState;

/// The list of sites as it now is.
pub(crate) async fn sites(
    query: &SitesQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    sites_main(query, &[], state, actor).await
}

pub(super) async fn sites_main(
    query: &SitesQuery,
    ignored: &[String],
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let page = state.monitoring.sites(actor, query).await?;
    let fleet = state.directory.snapshot();
    Ok(sites::main(&SitesView { page: &page, query, fleet: &fleet, ignored }))
}

/// The page of a site as it now is, with the curve of these local days:
/// today's unless others are given.
pub(crate) async fn site(
    code: &SiteCode,
    days: (Option<Date>, Option<Date>),
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let fleet = state.directory.snapshot();
    let site = fleet.site_by_code(code).ok_or(Fault::NotFound)?;
    let today = site.details.zone.day(state.clock.now());
    let days = match days {
        (Some(from), to) => Days { from, to: to.unwrap_or(from) },
        (None, to) => Days::ending(to.unwrap_or(today), 1),
    };
    site_main(code, days, &[], state, actor).await
}

pub(super) async fn site_main(
    code: &SiteCode,
    days: Days,
    ignored: &[String],
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let monitoring = &state.monitoring;
    let page = monitoring.site(actor, code).await?;
    let zone = &page.site.details.zone;
    let (from, to) =
        (zone.start_of(days.to), zone.start_of(days.to.saturating_add(Span::new().days(1))));
    let (curve, readings) = tokio::try_join!(
        monitoring.curve(actor, code, days.from, days.to),
        monitoring.readings(actor, code, from, to, SHOWN_READINGS),
    )?;
    Ok(site::main(&SiteView {
        page: &page,
        curve: &curve,
        readings: &readings,
        days,
        may_take: actor.may(Permission::TakeAction),
        ignored,
    }))
}
