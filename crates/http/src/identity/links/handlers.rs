use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::{Identity, LinkError};
use greengrid_domain::identity::{LinkPurpose, LinkState};

use super::dto::AcceptDto;
use super::views::{invitation_page, over_page};
use crate::auth::{AuthSession, Theme, open_session};
use crate::fault::Fault;
use crate::urls;

/// Opening a link changes nothing: programs that look through mail follow
/// links too.
pub(super) async fn invitation(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match identity.link(LinkPurpose::Invitation, &secret).await {
        Ok(link) => {
            let name = link.user.name.as_str();
            invitation_page().theme(theme).user(&link.user).name(name).render().into_response()
        }
        Err(error) => over(theme, LinkPurpose::Invitation, error)?,
    })
}

/// Sets name and password, and lets them in under a session of a new id.
pub(super) async fn accept(
    mut auth: AuthSession,
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
    Form(dto): Form<AcceptDto>,
) -> Result<Response, Fault> {
    let error = match identity.accept_invitation(&secret, &dto.name, &dto.password).await {
        Ok(member) => {
            let role = member.user.role;
            open_session(&mut auth, member).await?;
            return Ok(Redirect::to(urls::home(role)).into_response());
        }
        Err(error) => error,
    };
    if !is_about_what_was_typed(&error) {
        return over(theme, LinkPurpose::Invitation, error);
    }
    let link = match identity.link(LinkPurpose::Invitation, &secret).await {
        Ok(link) => link,
        Err(error) => return over(theme, LinkPurpose::Invitation, error),
    };
    let page =
        invitation_page().theme(theme).user(&link.user).name(&dto.name).error(&error).render();
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

const fn is_about_what_was_typed(error: &LinkError) -> bool {
    matches!(error, LinkError::Name(_) | LinkError::Password(_) | LinkError::DemoPassword)
}

/// What is said of a link that does not work: not whose it was.
fn over(theme: Theme, purpose: LinkPurpose, error: LinkError) -> Result<Response, Fault> {
    let (status, state) = match error {
        LinkError::Unknown => (StatusCode::NOT_FOUND, None),
        LinkError::Over(state) => (StatusCode::GONE, Some(state)),
        LinkError::Store(error) => return Err(error.into()),
        other => return Err(Fault::Unprocessable(other.to_string())),
    };
    let state = state.filter(|state| *state != LinkState::Good);
    Ok((status, over_page(theme, purpose, state)).into_response())
}
