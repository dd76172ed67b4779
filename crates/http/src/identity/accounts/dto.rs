use greengrid_app::identity::Invitee;
use greengrid_domain::identity::{EmailAddressError, Role, Scope, UserNameError};
use serde::Deserialize;

use crate::fault::Fault;

#[derive(Debug, Deserialize)]
pub(super) struct RoleDto {
    role: String,
}

impl RoleDto {
    pub(super) fn role(&self) -> Result<Role, Fault> {
        self.role.parse().map_err(|_| Fault::BadRequest("there is no such role".to_owned()))
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ActiveDto {
    pub(super) active: bool,
}

/// The form that invites somebody, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct InviteDto {
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: String,
}

/// Which field is wrong.
#[derive(Debug, thiserror::Error)]
pub(super) enum InviteError {
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    #[error("another account has this e-mail address")]
    Taken,
    #[error(transparent)]
    Name(#[from] UserNameError),
    #[error("choose a role")]
    Role,
}

impl InviteDto {
    pub(super) fn invitee(&self) -> Result<Invitee, InviteError> {
        Ok(Invitee {
            email: self.email.parse()?,
            name: self.name.parse()?,
            role: self.role.parse().map_err(|_| InviteError::Role)?,
        })
    }
}

/// The form of a new token. A scope is a checkbox of its own name.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TokenDto {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default, rename = "readings:write")]
    readings_write: Option<String>,
    #[serde(default, rename = "metrics:read")]
    metrics_read: Option<String>,
}

impl TokenDto {
    pub(super) fn scopes(&self) -> Vec<Scope> {
        [
            (Scope::ReadingsWrite, self.readings_write.is_some()),
            (Scope::MetricsRead, self.metrics_read.is_some()),
        ]
        .into_iter()
        .filter_map(|(scope, ticked)| ticked.then_some(scope))
        .collect()
    }
}
