use axum::Form;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::identity::{Identity, LinkError, SignInError};
use greengrid_app::messages::Links;
use greengrid_domain::identity::LinkPurpose::{AddressChange, Invitation, PasswordReset};

use super::dto::{AcceptDto, ForgotDto, ResetDto};
use super::over::over;
use super::views::{
    address_page, forgot_page, invitation_page, moved_page, reset_page, reset_sent_page,
};
use crate::auth::{AuthSession, ClientAddress, Device, Theme, open_session};
use crate::fault::{Fault, whole_seconds};
use crate::query::Address;
use crate::urls;

pub(super) async fn forgot(theme: Theme) -> Response {
    forgot_page(theme, "", None).into_response()
}

/// Answers the same whether or not there is such an account.
pub(super) async fn send_reset(
    theme: Theme,
    ClientAddress(address): ClientAddress,
    State(identity): State<Identity>,
    State(links): State<Links>,
    Form(dto): Form<ForgotDto>,
) -> Result<Response, Fault> {
    match identity.forgot_password(&dto.email, address, &links).await {
        Ok(()) => Ok(reset_sent_page(theme, dto.email.trim()).into_response()),
        Err(SignInError::TooMany { retry_after }) => {
            let page = forgot_page(theme, &dto.email, Some(retry_after));
            let wait = [(header::RETRY_AFTER, whole_seconds(retry_after).to_string())];
            Ok((StatusCode::TOO_MANY_REQUESTS, wait, page).into_response())
        }
        Err(SignInError::Store(error)) => Err(error.into()),
        Err(SignInError::Refused) => Err(Fault::NotFound),
    }
}

/// Opening a link changes nothing: programs that look through mail follow
/// links too.
pub(super) async fn invitation(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match identity.link(Invitation, &secret).await {
        Ok(link) => {
            let name = link.user.name.as_str();
            invitation_page().theme(theme).user(&link.user).name(name).render().into_response()
        }
        Err(error) => over(theme, Invitation, error)?,
    })
}

/// Sets name and password, and lets them in under a session of a new id.
pub(super) async fn accept(
    mut auth: AuthSession,
    theme: Theme,
    device: Device,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
    Form(dto): Form<AcceptDto>,
) -> Result<Response, Fault> {
    let error = match identity.accept_invitation(&secret, &dto.name, &dto.password).await {
        Ok(member) => {
            let role = member.user.role;
            open_session(&mut auth, member, &device).await?;
            return Ok(Redirect::to(urls::home(role)).into_response());
        }
        Err(error) => error,
    };
    if !error.is_about_what_was_typed() {
        return over(theme, Invitation, error);
    }
    Ok(match identity.link(Invitation, &secret).await {
        Ok(link) => {
            let page = invitation_page().theme(theme).user(&link.user).name(&dto.name);
            refused(page.error(&error).render())
        }
        Err(error) => over(theme, Invitation, error)?,
    })
}

pub(super) async fn reset(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match identity.link(PasswordReset, &secret).await {
        Ok(link) => reset_page(theme, &link.user, None).into_response(),
        Err(error) => over(theme, PasswordReset, error)?,
    })
}

/// Sets the new password and lets nobody in by it: a mailbox alone is less
/// than some accounts ask for.
pub(super) async fn set_password(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
    Form(dto): Form<ResetDto>,
) -> Result<Response, Fault> {
    let Err(error) = identity.reset_password(&secret, &dto.password).await else {
        let door = Address::new(urls::SIGN_IN).with("done", Some("password")).finish();
        return Ok(Redirect::to(&door).into_response());
    };
    if !error.is_about_what_was_typed() {
        return over(theme, PasswordReset, error);
    }
    Ok(match identity.link(PasswordReset, &secret).await {
        Ok(link) => refused(reset_page(theme, &link.user, Some(&error))),
        Err(error) => over(theme, PasswordReset, error)?,
    })
}

pub(super) async fn address(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match identity.link(AddressChange, &secret).await {
        Ok(link) => match &link.new_email {
            Some(new) => address_page(theme, &link.user, new).into_response(),
            None => over(theme, AddressChange, LinkError::Unknown)?,
        },
        Err(error) => over(theme, AddressChange, error)?,
    })
}

pub(super) async fn confirm_address(
    theme: Theme,
    State(identity): State<Identity>,
    Path(secret): Path<String>,
) -> Result<Response, Fault> {
    Ok(match identity.confirm_address(&secret).await {
        Ok(new) => moved_page(theme, &new).into_response(),
        Err(error) => over(theme, AddressChange, error)?,
    })
}

fn refused(page: maud::Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}
