use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Actor;
use greengrid_app::identity::{AccountError, Identity};
use greengrid_domain::identity::ApiToken;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::Markup;
use uuid::Uuid;

use super::dto::TokenDto;
use super::tokens_views::{self, TokenForm};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// What the page shows.
pub(super) struct Tokens {
    pub(super) list: Vec<ApiToken>,
    pub(super) now: Timestamp,
    pub(super) zone: SiteZone,
}

impl Tokens {
    pub(super) async fn read(state: &AppState, actor: &Actor) -> Result<Self, AccountError> {
        let list = state.identity.tokens(actor).await?;
        let zone = PageClock::of_fleet(&*state.clock, &state.directory.snapshot()).zone;
        Ok(Self { list, now: Timestamp::now(), zone })
    }
}

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    page(&viewer, &state, TokenForm::default()).await
}

/// Answers with the page itself, the one time that it shows the secret; a
/// redirect would have to keep it somewhere.
pub(super) async fn create(
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

pub(super) async fn revoke(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(token): Path<Uuid>,
) -> Result<Redirect, Fault> {
    identity.revoke_token(&viewer.actor, token.into()).await?;
    Ok(Redirect::to(urls::ADMIN_TOKENS))
}

async fn page(viewer: &Viewer, state: &AppState, form: TokenForm) -> Result<Markup, Fault> {
    let tokens = Tokens::read(state, &viewer.actor).await?;
    Ok(tokens_views::page(viewer, &tokens, &form))
}
