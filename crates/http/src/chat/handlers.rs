use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Permission;
use greengrid_app::chat::{Added, Chat, Look, PostError};
use greengrid_domain::chat::Room;
use maud::Markup;
use uuid::Uuid;

use super::dto::{self, PostDto, ReadDto, RoomQuery};
use super::live::clock;
use super::views::{self, RoomPage, Said};
use crate::auth::{Caller, Viewer};
use crate::components::layout::{Nav, page};
use crate::fault::{Fault, whole_seconds};
use crate::sse::{self, View};
use crate::state::AppState;
use crate::urls;

/// A room: the end of it, or the part asked for. Datastar asks for a part when
/// somebody scrolls there, and is answered by another stream.
pub(super) async fn show(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(room): Path<String>,
    Query(query): Query<RoomQuery>,
) -> Result<Response, Fault> {
    let room = dto::room(&room)?;
    if caller.datastar {
        let window = query.window().ok_or(Fault::NotFound)?;
        state.chat.title(&viewer.actor, &room).await?;
        let stream = sse::live_element(&View::Room(room, window).url());
        return Ok(sse::only(sse::replace(stream)));
    }
    let page = room_page(&viewer, &state, &room, query.look(), &query.say, None).await?;
    Ok(page.into_response())
}

/// Says something in a room. What was typed is kept when it cannot be said.
pub(super) async fn post(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(room): Path<String>,
    Form(dto): Form<PostDto>,
) -> Result<Response, Fault> {
    let room = dto::room(&room)?;
    let command = dto.command(room.clone(), || state.chat.next_id().into());
    let (status, said) = match state.chat.post(&viewer.actor, command).await {
        Ok(Added::Pending(why)) => (StatusCode::OK, Said::Held(why)),
        Ok(Added::Visible(_) | Added::Again) => (StatusCode::OK, Said::Posted),
        Err(PostError::Body(error)) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Said::Refused(error.to_string()))
        }
        Err(PostError::TooFast(wait)) => {
            (StatusCode::TOO_MANY_REQUESTS, Said::TooFast(whole_seconds(wait)))
        }
        Err(PostError::Chat(error)) => return Err(error.into()),
    };
    if caller.datastar {
        let id = state.chat.next_id();
        return Ok(sse::only(sse::put(views::answered(id, &said))));
    }
    if status == StatusCode::OK {
        return Ok(Redirect::to(&urls::room_end(&room)).into_response());
    }
    let page = room_page(&viewer, &state, &room, Look::End, &dto.text, Some(&said)).await?;
    let mut response = (status, page).into_response();
    if let Said::TooFast(seconds) = said {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// Notes how far somebody has read: their browser tells what was in sight, and
/// without script a button does.
pub(super) async fn read(
    viewer: Viewer,
    caller: Caller,
    State(chat): State<Chat>,
    Path(room): Path<String>,
    Form(dto): Form<ReadDto>,
) -> Result<Response, Fault> {
    let room = dto::room(&room)?;
    chat.mark_read(&viewer.actor, &room, dto.seq).await?;
    if caller.datastar {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(Redirect::to(&urls::room(&room)).into_response())
}

async fn room_page(
    viewer: &Viewer,
    state: &AppState,
    room: &Room,
    look: Look,
    typed: &str,
    said: Option<&Said>,
) -> Result<Markup, Fault> {
    let thread = state.chat.thread(&viewer.actor, room, look).await?;
    let inbox = state.chat.inbox(&viewer.actor).await?;
    let people = state.chat.people(&viewer.actor).await?;
    let clock = clock(state);
    let fleet = state.directory.snapshot();
    let example = fleet.sites().next().map_or("gg-0142", |site| site.code.as_str());
    let id: Uuid = state.chat.next_id().into();
    let main = views::main(&RoomPage {
        thread: &thread,
        inbox: &inbox,
        people: &people,
        clock: &clock,
        id: id.into(),
        typed,
        said,
        example,
        moderates: viewer.actor.may(Permission::ModerateChat),
        reader: viewer.user.id,
    });
    Ok(page()
        .viewer(viewer)
        .title(format!("{}, chat", thread.title))
        .nav(Nav::Chat)
        .clock(clock.clone())
        .live(View::Room(room.clone(), thread.window).url())
        .unread(inbox.unread())
        .body("is-chat")
        .scripts(&["chat.js"])
        .main(main)
        .render())
}
