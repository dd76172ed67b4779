use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use greengrid_app::actor::Actor;
use greengrid_domain::identity::User;

/// The colours a person chose; their system's unless they did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    Auto,
    /// Dark ink on light paper.
    Light,
    /// Light ink on dark paper.
    Dark,
}

/// The signed-in person who looks at a page. The access layer puts it into the
/// request; a route that is open to everybody has none.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    /// Who.
    pub(crate) user: User,
    /// The same as an actor of use cases.
    pub(crate) actor: Actor,
    /// Their colours.
    pub(crate) theme: Theme,
    /// Hex form of the session's hashed id: the key of its live streams.
    pub(crate) session: String,
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::UNAUTHORIZED)
    }
}
