//! Completion of mentions while somebody types. Without script nothing is
//! offered, and what was written by hand is a mention all the same.

use axum::extract::{RawQuery, State};
use axum::response::Response;
use greengrid_app::chat::Chat;

use super::views;
use crate::auth::{Viewer, patched};
use crate::fault::Fault;
use crate::query::Asked;

/// What a mention can become that was begun like this.
pub(super) async fn offer(
    viewer: Viewer,
    State(chat): State<Chat>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let asked = Asked::read(query.as_deref().unwrap_or_default());
    let typed = asked.get("begun").unwrap_or_default();
    let offered = chat.completions(&viewer.actor, typed).await?;
    Ok(patched(views::completions(typed, &offered)))
}
