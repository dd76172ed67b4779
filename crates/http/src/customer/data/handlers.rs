use axum::body::Body;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use greengrid_app::customer::ClosingError;
use greengrid_app::identity::SignInError;
use maud::Markup;
use serde::Deserialize;
use uuid::Uuid;

use super::{live, views};
use crate::auth::{ClientAddress, Theme, Viewer};
use crate::components::layout::{Nav, bare, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// A person's data and how far their file is.
pub(super) async fn data(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let main = live::patch(&state, &viewer.actor).await?;
    Ok(page()
        .viewer(&viewer)
        .title("Your data")
        .nav(Nav::My)
        .live(View::OwnData.url())
        .main(main)
        .render())
}

/// Has a file put together.
pub(super) async fn request(
    viewer: Viewer,
    State(state): State<AppState>,
) -> Result<Response, Fault> {
    state.takeouts.request(&viewer.actor).await?;
    Ok(Redirect::to(urls::OWN_DATA).into_response())
}

/// The file, part by part, so that it needs no more memory than one.
pub(super) async fn download(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Fault> {
    let (takeouts, actor) = (state.takeouts.clone(), viewer.actor);
    let first = takeouts.part(&actor, id, 0).await?;
    let parts =
        stream::unfold((takeouts, actor, 1, first), move |(takeouts, actor, next, part)| {
            async move {
                let part = part?;
                let following = takeouts.part(&actor, id, next).await;
                let (part, following) = match following {
                    Ok(following) => (Ok(Bytes::from(part)), following),
                    // Breaks the transfer off, so that nobody takes half a file for
                    // the whole.
                    Err(error) => (Err(error), None),
                };
                Some((part, (takeouts, actor, next + 1, following)))
            }
        });
    let headers = [
        (CONTENT_TYPE, "application/zip"),
        (CONTENT_DISPOSITION, "attachment; filename=\"greengrid-your-data.zip\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(parts.fuse())).into_response())
}

/// What closing the account means, and the form that does it.
pub(super) async fn ask(viewer: Viewer) -> Markup {
    asking(&viewer, None)
}

fn asking(viewer: &Viewer, wrong: Option<&str>) -> Markup {
    let main = views::closing(viewer.user.email.as_str(), wrong);
    page().viewer(viewer).title("Close your account").nav(Nav::My).main(main).render()
}

/// The password that confirms it.
#[derive(Deserialize)]
pub(super) struct CloseDto {
    #[serde(default)]
    password: String,
}

/// Closes the account.
pub(super) async fn close(
    viewer: Viewer,
    theme: Theme,
    ClientAddress(address): ClientAddress,
    State(state): State<AppState>,
    Form(dto): Form<CloseDto>,
) -> Result<Response, Fault> {
    match state.closing.close(&viewer.actor, &dto.password, address).await {
        Ok(()) => Ok(bare(theme, "Your account is closed", views::closed()).into_response()),
        Err(ClosingError::Password(SignInError::Refused)) => {
            let page = asking(&viewer, Some("this is not your password"));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}
