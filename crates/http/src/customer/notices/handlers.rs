use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use super::{dto, views};
use crate::auth::{Theme, Viewer};
use crate::components::layout::{Nav, bare, page};
use crate::fault::Fault;
use crate::query::Asked;
use crate::state::AppState;
use crate::urls;

/// Which letters the person wants.
pub(super) async fn notices(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let unwanted = state.notices.unwanted(&viewer.actor).await?;
    let kept = Asked::read(query.as_deref().unwrap_or_default()).get("kept").is_some();
    let main = views::choice(&unwanted, viewer.user.email.as_str(), kept);
    Ok(page().viewer(&viewer).title("Letters").nav(Nav::My).main(main).render())
}

/// Keeps which letters the person wants.
pub(super) async fn choose(
    viewer: Viewer,
    State(state): State<AppState>,
    body: Bytes,
) -> Result<Response, Fault> {
    state.notices.choose(&viewer.actor, &dto::unwanted(&body)).await?;
    Ok(Redirect::to(&format!("{}?kept=1", urls::NOTICES)).into_response())
}

/// What the address in a letter would stop. Looking changes nothing: programs
/// that check letters follow every address in them.
pub(super) async fn way_out(
    theme: Theme,
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Markup, Fault> {
    let kind = state.notices.named(&token)?;
    Ok(bare(theme, "No more letters", views::way_out(kind, &urls::unsubscribe(&token))))
}

/// Stops a kind of letter: by the button of the page, or by the bare `POST` of
/// a mail program (RFC 8058, section 3.2), which has neither cookie nor origin.
pub(super) async fn stop(
    theme: Theme,
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Markup, Fault> {
    let kind = state.notices.stop(&token).await?;
    Ok(bare(theme, "No more letters", views::stopped(kind)))
}
