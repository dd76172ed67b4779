use axum::Json;
use axum::extract::{Form, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::customer::OwnSiteError;
use greengrid_domain::customer::AssumptionsError;
use greengrid_domain::fleet::{Site, SiteCode};
use maud::Markup;

use super::dto::{self, WorthDto};
use super::views::{self, Typed};
use super::{history_csv, live};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::fleet::CurveDto;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// A person's own sites: the only one itself, else all in a list.
pub(super) async fn sites(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let sites = state.own_sites.list(&viewer.actor).await?;
    if let [only] = sites.as_slice() {
        let code = only.row.site.code.clone();
        return site_page(&viewer, &state, &code, query.as_deref().unwrap_or_default(), None).await;
    }
    let clock = sites
        .first()
        .map(|site| PageClock::read(&*state.clock, site.row.site.details.zone.clone()));
    Ok(page()
        .viewer(&viewer)
        .title("My sites")
        .nav(Nav::My)
        .maybe_clock(clock)
        .live(View::OwnSites.url())
        .main(views::list(&sites))
        .render())
}

/// One of a person's own sites.
pub(super) async fn site(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let query = query.unwrap_or_default();
    site_page(&viewer, &state, &known(&code)?, &query, None).await
}

async fn site_page(
    viewer: &Viewer,
    state: &AppState,
    code: &SiteCode,
    query: &str,
    typed: Option<&Typed>,
) -> Result<Markup, Fault> {
    let history = dto::read_history(&mut Asked::read(query));
    let main = live::site_main(code, history, typed, state, &viewer.actor).await?;
    let site = site_of(state, code)?;
    Ok(page()
        .viewer(viewer)
        .title(site.details.name.as_str())
        .nav(Nav::My)
        .clock(PageClock::read(&*state.clock, site.details.zone.clone()))
        .live(View::OwnSite { site: code.clone(), history }.url())
        .scripts(&["uplot.js", "chart.js"])
        .main(main)
        .render())
}

/// Today's curve of one's own site, for the chart that can be zoomed.
pub(super) async fn curve(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Result<Json<CurveDto>, Fault> {
    let code = known(&code)?;
    let site = site_of(&state, &code)?;
    let now = state.clock.now();
    let today = site.details.zone.day(now);
    let curve = state.monitoring.curve(&viewer.actor, &code, today, today).await?;
    Ok(Json(CurveDto::of(&curve, &site, now)))
}

/// A stretch of the history of one's own site as a file.
pub(super) async fn history_csv(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let query = dto::read_history(&mut Asked::read(query.as_deref().unwrap_or_default()));
    let (site, history) = state.own_sites.history(&viewer.actor, &known(&code)?, query).await?;
    Ok(history_csv::file(&site, &history))
}

/// Keeps what an owner states of the worth of their energy.
pub(super) async fn state_worth(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    Form(typed): Form<WorthDto>,
) -> Result<Response, Fault> {
    let code = known(&code)?;
    let done = match typed.command() {
        Ok(command) => state.own_sites.state_assumptions(&viewer.actor, &code, command).await,
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(()) => Ok(Redirect::to(&format!("{}#worth", urls::own_site(&code))).into_response()),
        Err(OwnSiteError::Assumptions(error)) => again(&viewer, &state, &code, typed, error).await,
        Err(error) => Err(error.into()),
    }
}

/// The page with what was typed, and what is wrong beside its field.
async fn again(
    viewer: &Viewer,
    state: &AppState,
    code: &SiteCode,
    worth: WorthDto,
    error: AssumptionsError,
) -> Result<Response, Fault> {
    let typed = Typed { worth, error };
    let page = site_page(viewer, state, code, "", Some(&typed)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn known(code: &str) -> Result<SiteCode, Fault> {
    code.parse().map_err(|_| Fault::NotFound)
}

fn site_of(state: &AppState, code: &SiteCode) -> Result<std::sync::Arc<Site>, Fault> {
    state.directory.snapshot().site_by_code(code).cloned().ok_or(Fault::NotFound)
}
