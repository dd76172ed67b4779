use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Permission;
use greengrid_app::chat::{ChatError, PostError};
use greengrid_domain::chat::PostStatus;
use maud::Markup;
use uuid::Uuid;

use super::dto::TextDto;
use super::live::clock;
use super::views::{self, PostPage};
use crate::auth::{Caller, Viewer};
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::state::AppState;
use crate::{sse, urls};

/// One post, with what its reader may do about it. To Datastar it is given as it
/// stands in its room, in the place of the form by which it was to be changed.
pub(super) async fn show(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
) -> Result<Response, Fault> {
    if caller.datastar {
        return in_place(&viewer, &state, post).await;
    }
    Ok(post_page(&viewer, &state, post, &Problem::default()).await?.into_response())
}

/// Makes a form of a post of one's own, in its place in the room. Without script
/// the form stands on the page of the post.
pub(super) async fn begin_edit(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
) -> Result<Response, Fault> {
    let record = state.chat.changeable(&viewer.actor, post.into()).await?;
    if caller.datastar {
        return Ok(sse::only(sse::put(views::edit_form(&record.post, None))));
    }
    Ok(Redirect::to(&urls::post(record.post.id)).into_response())
}

/// Changes what one said oneself.
pub(super) async fn edit(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let record = state.chat.find(&viewer.actor, post.into()).await?;
    let (status, message) = match state.chat.edit(&viewer.actor, post.into(), &dto.text).await {
        Ok(()) if caller.datastar => return in_place(&viewer, &state, post).await,
        Ok(()) => return Ok(Redirect::to(&urls::room_end(&record.post.room)).into_response()),
        Err(PostError::Body(error)) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()),
        Err(PostError::Chat(ChatError::Fixed(error))) => (StatusCode::CONFLICT, error.to_string()),
        Err(error) => return Err(error.into()),
    };
    if caller.datastar {
        let form = views::edit_form(&record.post, Some((message.as_str(), dto.text.as_str())));
        return Ok(sse::only(sse::put(form)));
    }
    let problem = Problem { edit: Some((message, dto.text)), remove: None };
    let page = post_page(&viewer, &state, post, &problem).await?;
    Ok((status, page).into_response())
}

/// Takes back what one said oneself.
pub(super) async fn take_back(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
) -> Result<Response, Fault> {
    let room = state.chat.find(&viewer.actor, post.into()).await?.post.room;
    state.chat.take_back(&viewer.actor, post.into()).await?;
    if caller.datastar {
        return in_place(&viewer, &state, post).await;
    }
    Ok(Redirect::to(&urls::room_end(&room)).into_response())
}

/// A post as it stands in its room now, without its form; nothing where others
/// do not see it any more.
async fn in_place(viewer: &Viewer, state: &AppState, id: Uuid) -> Result<Response, Fault> {
    let record = state.chat.find(&viewer.actor, id.into()).await?;
    let patch = match record.post.status {
        PostStatus::Visible => sse::put(views::post(&record, &clock(state))),
        PostStatus::Pending | PostStatus::Removed => sse::gone(&views::dom_id(&record)),
    };
    Ok(sse::only(patch))
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
