use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Permission;
use greengrid_app::chat::{ChatError, PostError};
use maud::Markup;
use uuid::Uuid;

use super::dto::TextDto;
use super::live::clock;
use super::views::{self, PostPage};
use crate::auth::Viewer;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// One post, with what its reader may do about it.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
) -> Result<Markup, Fault> {
    post_page(&viewer, &state, post, &Problem::default()).await
}

/// Changes what one said oneself.
pub(super) async fn edit(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let room = state.chat.find(&viewer.actor, post.into()).await?.post.room;
    let (status, message) = match state.chat.edit(&viewer.actor, post.into(), &dto.text).await {
        Ok(()) => return Ok(Redirect::to(&urls::room_end(&room)).into_response()),
        Err(PostError::Body(error)) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        Err(PostError::Chat(ChatError::Fixed(error))) => (StatusCode::CONFLICT, error.to_string()),
        Err(error) => return Err(error.into()),
    };
    let problem = Problem { edit: Some((message, dto.text)), remove: None };
    let page = post_page(&viewer, &state, post, &problem).await?;
    Ok((status, page).into_response())
}

/// Takes back what one said oneself.
pub(super) async fn take_back(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
) -> Result<Redirect, Fault> {
    let room = state.chat.find(&viewer.actor, post.into()).await?.post.room;
    state.chat.take_back(&viewer.actor, post.into()).await?;
    Ok(Redirect::to(&urls::room_end(&room)))
}

/// What was wrong with a form of the page, and what was typed there.
#[derive(Debug, Default)]
pub(super) struct Problem {
    pub(super) edit: Option<(String, String)>,
    pub(super) remove: Option<(String, String)>,
}

pub(super) async fn post_page(
    viewer: &Viewer,
    state: &AppState,
    id: Uuid,
    problem: &Problem,
) -> Result<Markup, Fault> {
    let record = state.chat.find(&viewer.actor, id.into()).await?;
    let title = state.chat.title(&viewer.actor, &record.post.room).await?;
    let clock = clock(state);
    let main = views::post_page(&PostPage {
        record: &record,
        room: &title,
        clock: &clock,
        reader: viewer.user.id,
        moderates: viewer.actor.may(Permission::ModerateChat),
        problem,
    });
    Ok(page()
        .viewer(viewer)
        .title(format!("Post in {title}"))
        .nav(Nav::Chat)
        .clock(clock.clone())
        .main(main)
        .render())
}
