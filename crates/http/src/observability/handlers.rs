use axum::Extension;
use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::chat::{PostError, WritePost};
use greengrid_domain::chat::Room;
use maud::Markup;
use serde::Deserialize;
use tower_http::request_id::RequestId;

use super::watch::WATCH;
use super::{trace, views};
use crate::auth::Viewer;
use crate::components::layout::{Nav, main, page};
use crate::fault::{Fault, whole_seconds};
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// The program at work.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Markup {
    WATCH.begin();
    let filter = Asked::read(query.as_deref().unwrap_or_default()).text("q");
    system_page(&viewer, &state, filter.as_deref(), None)
}

/// One request and what followed from it.
pub(super) async fn trace(viewer: Viewer, Path(id): Path<String>) -> Result<Response, Fault> {
    WATCH.begin();
    // Ids are our own; whatever else stands there names nothing.
    let known = uuid::Uuid::parse_str(&id).is_ok();
    if !known {
        return Err(Fault::NotFound);
    }
    let content = views::trace(&id, &trace::read(&id));
    Ok(page()
        .viewer(&viewer)
        .title("The way of a request")
        .nav(Nav::System)
        .live(View::Trace(id).url())
        .main(main(content))
        .render()
        .into_response())
}

/// A post whose way is to be seen.
#[derive(Debug, Deserialize)]
pub(super) struct FollowDto {
    #[serde(default)]
    text: String,
}

/// Posts in the lobby and shows the way of that very request.
pub(super) async fn follow(
    viewer: Viewer,
    State(state): State<AppState>,
    Extension(request): Extension<RequestId>,
    Form(dto): Form<FollowDto>,
) -> Result<Response, Fault> {
    let id = request.header_value().to_str().unwrap_or_default().to_owned();
    let post = WritePost { room: Room::Lobby, id: state.chat.next_id(), text: dto.text.clone() };
    let (status, wrong) = match state.chat.post(&viewer.actor, post).await {
        Ok(_) => return Ok(Redirect::to(&urls::trace(&id)).into_response()),
        Err(PostError::Body(error)) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        Err(PostError::TooFast(wait)) => (
            StatusCode::TOO_MANY_REQUESTS,
            format!("that was a lot at once; send it again in {} seconds", whole_seconds(wait)),
        ),
        Err(PostError::Chat(error)) => return Err(error.into()),
    };
    let page = system_page(&viewer, &state, None, Some((&wrong, &dto.text)));
    Ok((status, page).into_response())
}

fn system_page(
    viewer: &Viewer,
    state: &AppState,
    filter: Option<&str>,
    wrong: Option<(&str, &str)>,
) -> Markup {
    let content = views::system(&views::Now::read(state, filter), wrong);
    page()
        .viewer(viewer)
        .title("System")
        .nav(Nav::System)
        .live(View::System(filter.map(str::to_owned)).url())
        .scripts(&["system.js"])
        .main(main(content))
        .render()
}
