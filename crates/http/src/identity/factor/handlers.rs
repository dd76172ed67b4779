use axum::Form;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::OwnError;
use greengrid_app::identity::factors::FactorError;

use super::dto::{CodeDto, PresentDto};
use super::views::{Asked, codes_page, page};
use crate::auth::{ClientAddress, Viewer};
use crate::fault::{Fault, whole_seconds};
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Response, Fault> {
    let factor = state.factors.own(&viewer.actor).await?;
    Ok(page(&viewer, &factor, None).into_response())
}

pub(super) async fn begin(
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    State(state): State<AppState>,
    Form(dto): Form<PresentDto>,
) -> Result<Response, Fault> {
    match state.factors.begin(&viewer.actor, &dto.present, address).await {
        Ok(()) => Ok(on()),
        Err(error) => refused(&viewer, &state, Asked::Begin, error).await,
    }
}

/// Answers with the recovery codes themselves, the one time they are shown; a
/// redirect would have to keep them somewhere.
pub(super) async fn turn_on(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(dto): Form<CodeDto>,
) -> Result<Response, Fault> {
    match state.factors.turn_on(&viewer.actor, &dto.code).await {
        Ok(codes) => Ok(codes_page(&viewer, &codes).into_response()),
        Err(error) => refused(&viewer, &state, Asked::On, error).await,
    }
}

pub(super) async fn renew_codes(
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    State(state): State<AppState>,
    Form(dto): Form<PresentDto>,
) -> Result<Response, Fault> {
    match state.factors.renew_codes(&viewer.actor, &dto.present, address).await {
        Ok(codes) => Ok(codes_page(&viewer, &codes).into_response()),
        Err(error) => refused(&viewer, &state, Asked::Codes, error).await,
    }
}

pub(super) async fn turn_off(
    viewer: Viewer,
    ClientAddress(address): ClientAddress,
    State(state): State<AppState>,
    Form(dto): Form<PresentDto>,
) -> Result<Response, Fault> {
    match state.factors.turn_off(&viewer.actor, &dto.present, address).await {
        Ok(()) => Ok(on()),
        Err(error) => refused(&viewer, &state, Asked::Off, error).await,
    }
}

fn on() -> Response {
    Redirect::to(urls::FACTOR).into_response()
}

/// The page once more, with what was wrong beside its field.
async fn refused(
    viewer: &Viewer,
    state: &AppState,
    asked: Asked,
    error: FactorError,
) -> Result<Response, Fault> {
    let (status, wait) = match &error {
        // Another tab was faster: the page as it stands now says so.
        FactorError::NotNow => return Ok(on()),
        FactorError::Own(OwnError::WrongPassword)
        | FactorError::WrongCode
        | FactorError::Code(_) => (StatusCode::UNPROCESSABLE_ENTITY, None),
        FactorError::TooMany { retry_after }
        | FactorError::Own(OwnError::TooMany { retry_after }) => {
            (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after))
        }
        _ => return Err(error.into()),
    };
    let factor = state.factors.own(&viewer.actor).await?;
    let mut response = (status, page(viewer, &factor, Some((asked, &error)))).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    Ok(response)
}
