use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::SignInError;

use super::dto::{DoorDto, SignInDto};
use super::factor;
use super::views::{Refusal, sign_in_page};
use crate::auth::{AuthSession, ClientAddress, Device, Theme, Viewer, leave, open_session};
use crate::fault::{Fault, whole_seconds};
use crate::query::Address;
use crate::settings::Settings;
use crate::sse::Registry;
use crate::state::AppState;
use crate::urls;

/// Sends everyone to their own home.
pub(super) async fn home(viewer: Option<Viewer>) -> Redirect {
    Redirect::to(viewer.map_or(urls::SIGN_IN, |viewer| urls::home(viewer.user.role)))
}

/// The page to sign in on; nobody who is in already needs it.
pub(super) async fn door(
    viewer: Option<Viewer>,
    theme: Theme,
    State(settings): State<Arc<Settings>>,
    query: Result<Query<DoorDto>, QueryRejection>,
) -> Response {
    let DoorDto { next, done } = query.map(|Query(dto)| dto).unwrap_or_default();
    if let Some(viewer) = viewer {
        let home = urls::home(viewer.user.role);
        return Redirect::to(next.path().unwrap_or(home)).into_response();
    }
    sign_in_page()
        .theme(theme)
        .maybe_next(next.path())
        .demo_accounts(&settings.demo_accounts)
        .reset(done.as_deref() == Some("password"))
        .render()
        .into_response()
}

/// Lets somebody in, under a session of a new id, or says in the same words
/// whatever was wrong that they do not get in. Whoever has a second factor is
/// asked for it first.
pub(super) async fn sign_in(
    mut auth: AuthSession,
    theme: Theme,
    ClientAddress(address): ClientAddress,
    device: Device,
    State(state): State<AppState>,
    Form(dto): Form<SignInDto>,
) -> Result<Response, Fault> {
    let (status, refusal, wait) =
        match state.identity.sign_in(&dto.email, &dto.password, address).await {
            Ok(member) => {
                let next = dto.next.path();
                if state.factors.required(member.user.id).await? {
                    leave(&mut auth).await?;
                    factor::ask_for_code(&auth.session, &member).await?;
                    let step = Address::new(urls::SIGN_IN_CODE).with("next", next).finish();
                    return Ok(Redirect::to(&step).into_response());
                }
                let target = next.unwrap_or(urls::home(member.user.role)).to_owned();
                open_session(&mut auth, member, &device).await?;
                return Ok(Redirect::to(&target).into_response());
            }
            Err(SignInError::Refused) => (StatusCode::UNAUTHORIZED, Refusal::Wrong, None),
            Err(SignInError::TooMany { retry_after }) => {
                (StatusCode::TOO_MANY_REQUESTS, Refusal::TooMany(retry_after), Some(retry_after))
            }
            Err(SignInError::Store(store)) => return Err(store.into()),
        };
    let page = sign_in_page()
        .theme(theme)
        .email(&dto.email)
        .maybe_next(dto.next.path())
        .demo_accounts(&state.settings.demo_accounts)
        .refusal(refusal)
        .render();
    let mut response = (status, page).into_response();
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    Ok(response)
}

/// Ends the session and its streams; the session may have ended already.
pub(super) async fn sign_out(
    mut auth: AuthSession,
    viewer: Option<Viewer>,
    State(live): State<Registry>,
) -> Result<Redirect, Fault> {
    if let Some(viewer) = viewer {
        auth.logout().await.map_err(|_| Fault::SessionsAway)?;
        live.end_session(&viewer.session);
    }
    Ok(Redirect::to(urls::SIGN_IN))
}
