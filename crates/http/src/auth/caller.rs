use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use maud::Markup;

use crate::sse;

/// Who sent a form: Datastar, which wants a patch, or a plain browser, which
/// wants a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Whether Datastar asks.
    pub(crate) datastar: bool,
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self { datastar: is_datastar(&parts.headers) })
    }
}

impl Caller {
    /// It is done: a patch, or on to the page at `url`.
    pub(crate) fn done(self, patch: Markup, url: &str) -> Response {
        if self.datastar { patched(patch) } else { Redirect::to(url).into_response() }
    }
}

/// Whether Datastar sent the request.
pub(crate) fn is_datastar(headers: &HeaderMap) -> bool {
    headers.get("datastar-request").is_some_and(|value| value == "true")
}

/// An answer that replaces, by their ids, elements of the page.
pub(crate) fn patched(fragment: Markup) -> Response {
    sse::only(sse::replace(fragment))
}
