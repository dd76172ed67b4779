//! What streams of this module's pages replace: the same `#main` that the
//! page itself came with.

use greengrid_app::actor::{Actor, Permission};
use greengrid_app::monitoring::SitesQuery;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::monitoring::AnomalyId;
use jiff::civil::Date;
use jiff::{SignedDuration, Span};
use maud::Markup;
use uuid::Uuid;

use super::dto::Days;
use super::site::{self, Cases, SHOWN_READINGS, SiteView};
use super::sites::{self, SitesView};
use crate::components::case;
use crate::fault::Fault;
use crate::monitoring::Problem;
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
    anomaly: Option<Uuid>,
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
    let anomaly = anomaly.map(Into::into);
    site_main(code, &Asked { days, anomaly, ignored: &[], problem: None }, state, actor).await
}

/// What the page of a site is asked for.
pub(super) struct Asked<'a> {
    pub(super) days: Days,
    /// The anomaly whose case is open.
    pub(super) anomaly: Option<AnomalyId>,
    /// What of the address made no sense.
    pub(super) ignored: &'a [String],
    /// What was wrong with something sent.
    pub(super) problem: Option<&'a Problem>,
}

pub(super) async fn site_main(
    code: &SiteCode,
    asked: &Asked<'_>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let (monitoring, days) = (&state.monitoring, asked.days);
    let page = monitoring.site(actor, code).await?;
    let zone = &page.site.details.zone;
    let (from, to) =
        (zone.start_of(days.to), zone.start_of(days.to.saturating_add(Span::new().days(1))));
    let (curve, readings) = tokio::try_join!(
        monitoring.curve(actor, code, days.from, days.to),
        monitoring.readings(actor, code, from, to, SHOWN_READINGS),
    )?;
    let cases = cases(code, asked, state, actor).await?;
    let facts = state.connections.site_facts(actor, page.site.id).await?;
    Ok(site::main(&SiteView {
        page: &page,
        curve: &curve,
        readings: &readings,
        cases: &cases,
        facts: &facts,
        days,
        may_take: actor.may(Permission::TakeAction),
        ignored: asked.ignored,
    }))
}

/// What was news within this time is open on the page although it is over.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// The anomalies of the site; with its chart the one asked for, or else the
/// first that somebody has to see to, or was news a moment ago.
async fn cases(
    code: &SiteCode,
    asked: &Asked<'_>,
    state: &AppState,
    actor: &Actor,
) -> Result<Cases, Fault> {
    let all = state.anomalies.cases(actor, code).await?;
    let position = |id| all.cases.iter().position(|(record, _)| record.id == id);
    let now = state.clock.now();
    let live = || all.cases.iter().position(|(record, _)| record.life.is_live());
    let fresh =
        || all.cases.iter().position(|(record, _)| now.duration_since(record.heard_at) < NEWS);
    let open = asked.anomaly.and_then(position).or_else(live).or_else(fresh);
    let shown = match open.and_then(|at| Some((at, &all.cases.get(at)?.0))) {
        Some((at, record)) => {
            let (from, to) = case::window(record, &all.site.details.zone, now);
            Some((at, state.monitoring.curve(actor, code, from, to).await?))
        }
        None => None,
    };
    Ok(Cases {
        shown,
        may_handle: actor.may(Permission::HandleAnomalies),
        may_note: actor.may(Permission::WriteNotes),
        may_plan: actor.may(Permission::PlanMaintenance),
        problem: asked.problem.cloned(),
        all,
    })
}
