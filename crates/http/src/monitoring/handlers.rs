use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::monitoring::{OverviewQuery, OverviewRow};
use greengrid_domain::fleet::SiteCode;
use maud::Markup;

use super::dto::{self, TakeDto};
use super::views::{self, OverviewPage};
use crate::auth::{Caller, Viewer};
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;

/// The morning overview.
pub(super) async fn overview(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let (query, ignored) = dto::read(query.as_deref().unwrap_or_default());
    let overview = state.monitoring.overview(&viewer.actor, &query).await?;
    let main = views::main(&OverviewPage { overview: &overview, query: &query, ignored: &ignored });
    let live = View::Overview(in_order(query, &overview.rows)).url();
    Ok(page()
        .viewer(&viewer)
        .title("Overview")
        .nav(Nav::Overview)
        .clock(PageClock::read(&*state.clock, overview.zone.clone()))
        .live(live)
        .main(main)
        .render())
}

/// The query with the order that its reader now has before them, which the
/// stream keeps.
fn in_order(query: OverviewQuery, rows: &[OverviewRow]) -> OverviewQuery {
    OverviewQuery { order: rows.iter().map(|row| row.site.id).collect(), ..query }
}

/// Takes a site, or hands it back.
pub(super) async fn take(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(site): Path<String>,
    Form(dto): Form<TakeDto>,
) -> Result<Response, Fault> {
    let site: SiteCode = site.parse().map_err(|_| Fault::NotFound)?;
    state.monitoring.take(&viewer.actor, &site, dto.mine).await?;
    if let Some(page) = dto.site_page(&site) {
        return Ok(Redirect::to(page).into_response());
    }
    let (query, _) = dto::read(&dto.back);
    let overview = state.monitoring.overview(&viewer.actor, &query).await?;
    let main = views::main(&OverviewPage { overview: &overview, query: &query, ignored: &[] });
    Ok(caller.done(main, &dto::address(&query)))
}
