use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::monitoring::{OverviewQuery, OverviewRow, PastError};
use greengrid_domain::fleet::SiteCode;
use jiff::civil::DateTime;

use super::dto::{self, TakeDto};
use super::live::{self, AsItStands};
use super::past;
use super::views::{self, OverviewPage};
use crate::auth::{Caller, Viewer};
use crate::components::PageClock;
use crate::components::layout::{self, Nav, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;

/// The morning overview.
pub(super) async fn overview(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let asked = query.as_deref().unwrap_or_default();
    let (query, mut ignored) = dto::read(asked);
    let (at, no_moment) = dto::at(asked);
    if let Some(at) = at {
        return past_overview(&viewer, &state, &query, &ignored, at).await;
    }
    ignored.extend(no_moment);
    let stands = AsItStands::read(&query, &state, &viewer.actor).await?;
    let main = stands.main(&query, &ignored);
    let overview = &stands.overview;
    let live = View::Overview(in_order(query, &overview.rows)).url();
    Ok(page()
        .viewer(&viewer)
        .title("Overview")
        .nav(Nav::Overview)
        .clock(PageClock::read(&*state.clock, overview.zone.clone()))
        .live(live)
        .main(main)
        .render()
        .into_response())
}

/// The overview as it stood at a past moment: nothing on it is live.
async fn past_overview(
    viewer: &Viewer,
    state: &AppState,
    query: &OverviewQuery,
    ignored: &[String],
    asked: DateTime,
) -> Result<Response, Fault> {
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    let at = clock.zone.instant(asked);
    let look_back = state.reports.look_back(&viewer.actor).await?;
    // What somebody looks after now says nothing of then.
    let query = OverviewQuery { order: Vec::new(), ..query.clone() };
    let (status, main) = match state.monitoring.overview_at(&viewer.actor, &query, at).await {
        Ok(overview) => {
            let past = Some(asked);
            let main = views::main(&OverviewPage {
                overview: &overview,
                query: &query,
                ignored,
                vendors: &[],
                look_back: &look_back,
                past,
            });
            (StatusCode::OK, main)
        }
        Err(error @ (PastError::NotYet | PastError::NotRecorded { .. })) => {
            let main = layout::main(past::unknown(&error, &look_back, asked, &clock));
            (StatusCode::UNPROCESSABLE_ENTITY, main)
        }
        Err(PastError::Monitoring(error)) => return Err(error.into()),
    };
    let title = format!("Overview of {}", asked.strftime("%-d %b %Y, %H:%M"));
    let page = page().viewer(viewer).title(title).nav(Nav::Overview).main(main).render();
    Ok((status, page).into_response())
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
    let main = live::overview(&query, &state, &viewer.actor).await?;
    Ok(caller.done(main, &dto::address(&query)))
}
