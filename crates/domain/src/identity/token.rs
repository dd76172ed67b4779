use jiff::Timestamp;

use crate::ids::uuid_id;

uuid_id! {
    /// A token for a device or a program.
    TokenId
}

/// What a token may be used for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Send readings.
    #[strum(to_string = "readings:write")]
    ReadingsWrite,
    /// Read metrics.
    #[strum(to_string = "metrics:read")]
    MetricsRead,
}

/// A token as it is kept: never its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Key.
    pub id: TokenId,
    /// What its maker called it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}
