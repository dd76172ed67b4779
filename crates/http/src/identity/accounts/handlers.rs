use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::{AccountError, Identity};
use maud::Markup;
use uuid::Uuid;

use super::dto::{ActiveDto, RoleDto, TokenDto};
use super::model::Accounts;
use super::views::{self, TokenForm};
use crate::auth::Viewer;
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    page(&viewer, &state, TokenForm::default()).await
}

pub(super) async fn set_role(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(user): Path<Uuid>,
    Form(dto): Form<RoleDto>,
) -> Result<Redirect, Fault> {
    identity.set_role(&viewer.actor, user.into(), dto.role()?).await?;
    Ok(Redirect::to(urls::ADMIN))
}

pub(super) async fn set_active(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(user): Path<Uuid>,
    Form(dto): Form<ActiveDto>,
) -> Result<Redirect, Fault> {
    if dto.active {
        identity.reactivate(&viewer.actor, user.into()).await?;
    } else {
        identity.deactivate(&viewer.actor, user.into()).await?;
    }
    Ok(Redirect::to(urls::ADMIN))
}

/// Answers with the page itself, the one time that it shows the secret; a
/// redirect would have to keep it somewhere.
pub(super) async fn create_token(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(dto): Form<TokenDto>,
) -> Result<Response, Fault> {
    let outcome = state.identity.create_token(&viewer.actor, &dto.name, dto.scopes()).await;
    let (status, form) = match outcome {
        Ok((token, secret)) => {
            (StatusCode::OK, TokenForm { made: Some((token.name, secret)), ..TokenForm::default() })
        }
        Err(error @ (AccountError::Name(_) | AccountError::NoScope)) => {
            let error = Some(error.to_string());
            let form =
                TokenForm { name: dto.name.clone(), scopes: dto.scopes(), error, made: None };
            (StatusCode::UNPROCESSABLE_ENTITY, form)
        }
        Err(error) => return Err(error.into()),
    };
    Ok((status, page(&viewer, &state, form).await?).into_response())
}

pub(super) async fn revoke_token(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(token): Path<Uuid>,
) -> Result<Redirect, Fault> {
    identity.revoke_token(&viewer.actor, token.into()).await?;
    Ok(Redirect::to(urls::ADMIN))
}

async fn page(viewer: &Viewer, state: &AppState, form: TokenForm) -> Result<Markup, Fault> {
    let accounts = Accounts::read(state, &viewer.actor).await?;
    Ok(views::page(viewer, &accounts, &form))
}
