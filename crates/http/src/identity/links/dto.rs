use std::fmt;

use serde::Deserialize;

/// Name and first password of somebody who was invited.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AcceptDto {
    pub(super) name: String,
    pub(super) password: String,
}

/// The new password of somebody who forgot theirs.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ResetDto {
    pub(super) password: String,
}

/// The address of somebody who forgot their password. Anything may be typed;
/// what is no address is unknown.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ForgotDto {
    pub(super) email: String,
}

impl fmt::Debug for AcceptDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AcceptDto(…)")
    }
}

impl fmt::Debug for ResetDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResetDto(…)")
    }
}

impl fmt::Debug for ForgotDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ForgotDto(…)")
    }
}
