use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::views::{self, ScorecardView};
use super::what_if::Tried;
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;

/// How right each rule was. With a threshold and a value, also what would have
/// fired with it.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let (query, ignored) = super::read(query.as_deref().unwrap_or_default());
    let card = state.anomalies.scorecard(&viewer.actor, query.days).await?;
    let tried = super::tried(&query, &state, &viewer.actor)?;
    let main = views::main(&ScorecardView {
        card: &card,
        query: &query,
        tried: tried.as_ref(),
        ignored: &ignored,
    });
    let refused = matches!(tried, Some(Tried::Refused(_)));
    let fleet = state.directory.snapshot();
    let page = page()
        .viewer(&viewer)
        .title("Scorecard")
        .nav(Nav::Scorecard)
        .clock(PageClock::of_fleet(&*state.clock, &fleet))
        .live(View::Scorecard(query).url())
        .main(main)
        .render();
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}
