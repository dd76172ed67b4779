use std::fmt;

use serde::Deserialize;

use super::next::Next;

/// The query of the sign-in page.
#[derive(Debug, Default, Deserialize)]
pub(super) struct DoorDto {
    #[serde(default)]
    pub(super) next: Next,
    /// What was done before coming here.
    #[serde(default)]
    pub(super) done: Option<String>,
}

/// The sign-in form. Anything may be typed; what is no address is unknown.
#[derive(Deserialize)]
pub(super) struct SignInDto {
    pub(super) email: String,
    pub(super) password: String,
    #[serde(default)]
    pub(super) next: Next,
}

impl fmt::Debug for SignInDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInDto(…)")
    }
}
