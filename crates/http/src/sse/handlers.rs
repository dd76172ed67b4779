use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::channel::Source;
use super::patch::redirect;
use super::registry::Holder;
use super::render::Pages;
use super::stream::{Tab, only};
use super::view::View;
use crate::auth::{Caller, Viewer};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// The stream of one tab. What is refused is refused with the status of its
/// page. Datastar would ask again every second, so where asking again is
/// pointless it is sent elsewhere, or told by an empty 204 to stop.
pub(super) async fn live(
    State(state): State<AppState>,
    viewer: Viewer,
    caller: Caller,
    RawQuery(query): RawQuery,
) -> Response {
    match open(state, viewer, query.unwrap_or_default()).await {
        Ok(tab) => tab.into_response(),
        Err(Fault::Forbidden) if caller.datastar => only(redirect(urls::ROOT)),
        Err(Fault::NotFound | Fault::BadRequest(_)) if caller.datastar => {
            StatusCode::NO_CONTENT.into_response()
        }
        Err(fault) => fault.into_response(),
    }
}

async fn open(state: AppState, viewer: Viewer, query: String) -> Result<Tab, Fault> {
    let view = View::from_query(&query)?;
    let registry = state.live.clone();
    let source: Arc<dyn Source> = Arc::new(Pages(state));
    let Viewer { user, session, .. } = &viewer;
    registry.open(&source, Holder { session, user: user.id, role: user.role }, view).await
}
