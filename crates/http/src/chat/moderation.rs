use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::chat::{Chat, ChatError};
use maud::Markup;
use uuid::Uuid;

use super::dto::TextDto;
use super::live::clock;
use super::posts::{Problem, post_page};
use super::views;
use crate::auth::Viewer;
use crate::components::layout::{Nav, main, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// The posts that wait for a decision, and what was decided lately.
pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let (waiting, decided) = state.chat.queue(&viewer.actor).await?;
    let clock = clock(&state);
    Ok(page()
        .viewer(&viewer)
        .title("Moderation")
        .nav(Nav::Chat)
        .clock(clock.clone())
        .live(View::Moderation.url())
        .main(main(views::queue(&waiting, &decided, &clock)))
        .render())
}

/// Lets a post be seen.
pub(super) async fn approve(
    viewer: Viewer,
    State(chat): State<Chat>,
    Path(post): Path<Uuid>,
) -> Result<Redirect, Fault> {
    chat.approve(&viewer.actor, post.into()).await?;
    Ok(Redirect::to(urls::MODERATION))
}

/// Removes a post of somebody else; without a reason it comes back to the page
/// of the post.
pub(super) async fn remove(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(post): Path<Uuid>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    match state.chat.remove(&viewer.actor, post.into(), &dto.text).await {
        Ok(()) => Ok(Redirect::to(urls::MODERATION).into_response()),
        Err(ChatError::Reason(error)) => {
            let problem = Problem { edit: None, remove: Some((error.to_string(), dto.text)) };
            let page = post_page(&viewer, &state, post, &problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
