//! The second step of signing in.

use axum::Form;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::factors::{FactorError, SecondFactors};

use super::dto::CodeDto;
use super::pending::pending;
use super::views::step_page;
use crate::auth::{AuthSession, ClientAddress, Device, Theme, open_session};
use crate::fault::{Fault, whole_seconds};
use crate::identity::dto::DoorDto;
use crate::urls;

pub(super) async fn show(
    auth: AuthSession,
    theme: Theme,
    query: Result<Query<DoorDto>, QueryRejection>,
) -> Result<Response, Fault> {
    let next = query.map(|Query(dto)| dto.next).unwrap_or_default();
    if pending(&auth.session).await?.is_none() {
        return Ok(first_step());
    }
    Ok(step_page(theme, next.path(), None).into_response())
}

/// Lets them in under a session of a new id.
pub(super) async fn pass(
    mut auth: AuthSession,
    theme: Theme,
    ClientAddress(address): ClientAddress,
    device: Device,
    State(factors): State<SecondFactors>,
    Form(dto): Form<CodeDto>,
) -> Result<Response, Fault> {
    let Some(waiting) = pending(&auth.session).await? else { return Ok(first_step()) };
    let passed = factors.pass(waiting.user, waiting.auth_version, &dto.code, address).await;
    let error = match passed {
        Ok(member) => {
            let home = urls::home(member.user.role);
            open_session(&mut auth, member, &device).await?;
            return Ok(Redirect::to(dto.next.path().unwrap_or(home)).into_response());
        }
        // The account changed since the password was given.
        Err(FactorError::Denied(_)) => return Ok(first_step()),
        Err(error) => error,
    };
    let (status, wait) = match &error {
        FactorError::TooMany { retry_after } => (StatusCode::TOO_MANY_REQUESTS, Some(*retry_after)),
        FactorError::WrongCode | FactorError::Code(_) => (StatusCode::UNAUTHORIZED, None),
        _ => return Err(error.into()),
    };
    let page = step_page(theme, dto.next.path(), Some(&error));
    let mut response = (status, page).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    Ok(response)
}

fn first_step() -> Response {
    Redirect::to(urls::SIGN_IN).into_response()
}
