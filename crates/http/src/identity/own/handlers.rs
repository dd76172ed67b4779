use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::OwnError;

use super::dto::{EmailDto, NameDto, PasswordDto};
use super::sessions::devices;
use super::views::{self, Done, Forms, Part};
use crate::auth::{AuthSession, ClientAddress, Device, Viewer, open_session};
use crate::fault::{Fault, whole_seconds};
use crate::query::{Address, Asked};
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let done = Asked::read(&query.unwrap_or_default()).parse::<Done>("done");
    let forms = Forms { done, ..Forms::default() };
    page(&viewer, &state, StatusCode::OK, &forms).await
}

pub(super) async fn rename(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(dto): Form<NameDto>,
) -> Result<Response, Fault> {
    match state.identity.rename_own(&viewer.actor, &dto.name).await {
        Ok(()) => Ok(done(Done::Name)),
        Err(error) => refused(&viewer, &state, Part::Name, error, Some(dto.name)).await,
    }
}

/// All sessions end with the old password; whoever changed it goes on under a
/// new one.
pub(super) async fn change_password(
    mut auth: AuthSession,
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    device: Device,
    State(state): State<AppState>,
    Form(dto): Form<PasswordDto>,
) -> Result<Response, Fault> {
    let identity = &state.identity;
    let changed =
        identity.change_own_password(&viewer.actor, &dto.present, &dto.password, address).await;
    match changed {
        Ok(member) => {
            open_session(&mut auth, member, &device).await?;
            Ok(done(Done::Password))
        }
        Err(error) => refused(&viewer, &state, Part::Password, error, None).await,
    }
}

pub(super) async fn change_email(
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    State(state): State<AppState>,
    Form(dto): Form<EmailDto>,
) -> Result<Response, Fault> {
    let identity = &state.identity;
    let asked =
        identity.ask_for_address(&viewer.actor, &dto.email, &dto.present, address, &state.links);
    match asked.await {
        Ok(_) => Ok(done(Done::Email)),
        Err(error) => refused(&viewer, &state, Part::Email, error, Some(dto.email)).await,
    }
}

/// On to the page, which says that it is done.
fn done(what: Done) -> Response {
    let to = Address::new(urls::ACCOUNT).with("done", Some(what)).finish();
    Redirect::to(&to).into_response()
}

/// The page once more, with what was typed and what was wrong with it.
async fn refused(
    viewer: &Viewer,
    state: &AppState,
    part: Part,
    error: OwnError,
    typed: Option<String>,
) -> Result<Response, Fault> {
    let (status, wait) = match &error {
        OwnError::Store(_) | OwnError::Denied(_) => return Err(error.into()),
        OwnError::TooMany { retry_after } => (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after)),
        _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
    };
    let forms = Forms { refused: Some((part, error)), typed, done: None };
    let mut response = page(viewer, state, status, &forms).await?;
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    Ok(response)
}

async fn page(
    viewer: &Viewer,
    state: &AppState,
    status: StatusCode,
    forms: &Forms,
) -> Result<Response, Fault> {
    let devices = devices(state, viewer).await?;
    let factor = state.factors.own(&viewer.actor).await?;
    Ok((status, views::page(viewer, &devices, &factor, forms)).into_response())
}
