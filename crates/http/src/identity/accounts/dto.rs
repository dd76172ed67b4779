use greengrid_domain::identity::{Role, Scope};
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
