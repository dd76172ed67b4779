use std::fmt;

use serde::Deserialize;

/// The name somebody wants to be called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NameDto {
    pub(super) name: String,
}

/// A new password, and the present one to show who asks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PasswordDto {
    pub(super) present: String,
    pub(super) password: String,
}

/// A new address, and the password to show who asks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct EmailDto {
    pub(super) email: String,
    pub(super) present: String,
}

impl fmt::Debug for PasswordDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordDto(…)")
    }
}

impl fmt::Debug for EmailDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailDto(…)")
    }
}
