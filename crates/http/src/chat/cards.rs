//! What a mention shows when one points at it: a fragment for a card, nothing
//! that its reader could not open.

use axum::extract::{Path, State};
use axum::response::Redirect;
use greengrid_app::chat::Chat;
use greengrid_domain::fleet::SiteCode;
use maud::Markup;
use uuid::Uuid;

use super::live::clock;
use super::views;
use crate::auth::Viewer;
use crate::components::layout::{Nav, main, page};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// One of the team.
pub(super) async fn person(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(user): Path<Uuid>,
) -> Result<Markup, Fault> {
    let person = state.chat.person(&viewer.actor, user.into()).await?;
    Ok(views::person_card(&person))
}

/// A site, with where it stands.
pub(super) async fn site(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(site): Path<String>,
) -> Result<Markup, Fault> {
    let code: SiteCode = site.parse().map_err(|_| Fault::NotFound)?;
    let standing = state.monitoring.site(&viewer.actor, &code).await?;
    Ok(views::site_card(&standing.site, standing.row.as_ref(), &clock(&state)))
}

/// An anomaly, with its site.
pub(super) async fn anomaly(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(anomaly): Path<Uuid>,
) -> Result<Markup, Fault> {
    let (record, site) = state.chat.anomaly(&viewer.actor, anomaly.into()).await?;
    Ok(views::anomaly_card(&record, &site, &clock(&state)))
}

/// On to an anomaly: a post knows only its key.
pub(super) async fn anomaly_page(
    viewer: Viewer,
    State(chat): State<Chat>,
    Path(anomaly): Path<Uuid>,
) -> Result<Redirect, Fault> {
    let (record, site) = chat.anomaly(&viewer.actor, anomaly.into()).await?;
    Ok(Redirect::to(&urls::anomaly(&site.code, record.id)))
}

/// One of the team, as a page.
pub(super) async fn person_page(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(user): Path<Uuid>,
) -> Result<Markup, Fault> {
    let person = state.chat.person(&viewer.actor, user.into()).await?;
    Ok(page()
        .viewer(&viewer)
        .title(person.name.clone())
        .nav(Nav::Chat)
        .main(main(views::person_page(&person)))
        .render())
}
