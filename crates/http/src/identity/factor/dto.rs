use std::fmt;

use serde::Deserialize;

use crate::identity::next::Next;

/// A code, and where to go once it is accepted.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct CodeDto {
    pub(super) code: String,
    pub(super) next: Next,
}

/// The password that shows who asks.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct PresentDto {
    pub(super) present: String,
}

impl fmt::Debug for CodeDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDto(…)")
    }
}

impl fmt::Debug for PresentDto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentDto(…)")
    }
}
