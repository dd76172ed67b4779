use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use greengrid_app::actor::Actor;
use greengrid_domain::identity::User;

use crate::fault::Fault;

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

impl Theme {
    /// What the `theme` cookie says, which the page's script sets.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix("theme="))
            .find_map(|theme| theme.parse().ok())
            .unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Theme {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of(&parts.headers))
    }
}

/// The signed-in person who looks at a page. The guard puts it into the
/// request; a route that is open to everybody may have none.
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

/// Some letters of the hashed id of a session, by which its requests are known
/// among others; it travels with the answer to whoever signals it.
#[derive(Debug, Clone)]
pub(crate) struct SessionMark(pub(crate) String);

impl SessionMark {
    /// That of a viewer's session.
    pub(super) fn of(viewer: &Viewer) -> Self {
        Self(viewer.session.chars().take(8).collect())
    }
}

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        parts.extensions.get::<Self>().cloned().ok_or(Fault::SignedOut)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Viewer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cookie: &str, expected: Theme) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());

        assert_eq!(Theme::of(&headers), expected, "{cookie}");
    }

    #[test]
    fn the_cookie_says_which_colours() {
        check("theme=dark", Theme::Dark);
        check("greengrid=x; theme=light", Theme::Light);
        check("theme=\"><script>", Theme::Auto);
        check("mytheme=dark", Theme::Auto);
    }
}
