use std::fmt;

use serde::Deserialize;

/// Name and first password of somebody who was invited.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct AcceptDto {
    pub(super) name: String,
    pub(super) password: String,
}

impl fmt::Debug for AcceptDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AcceptDto(…)")
    }
}
