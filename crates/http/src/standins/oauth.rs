//! What the pages and tokens of OAuth have in common (RFC 6749).

use std::fmt;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use super::query::Query;

/// The client that the stand-ins know, and its secret.
pub(super) const CLIENT: (&str, &str) = ("stand-in", "stand-in-secret");

/// Tokens as they are written: which approval they come from (0 is the first,
/// which is not written), and how often they were renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grant(pub(super) u32, pub(super) u32);

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(0, number) => write!(f, "{number}"),
            Self(grant, number) => write!(f, "{grant}.{number}"),
        }
    }
}

impl Grant {
    pub(super) fn read(text: &str) -> Option<Self> {
        match text.split_once('.') {
            Some((grant, number)) => Some(Self(grant.parse().ok()?, number.parse().ok()?)),
            None => Some(Self(0, text.parse().ok()?)),
        }
    }
}

/// A refusal of a token endpoint.
pub(super) fn refused(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error, "error_description": error }))).into_response()
}

/// What somebody who is to approve was sent with.
pub(super) struct Asked(Query);

impl Asked {
    /// Reads what a page was asked with.
    pub(super) fn read(query: Option<&str>) -> Self {
        Self(Query::of(query))
    }

    /// None for what does not come from our client, or leads nowhere.
    pub(super) fn known(self) -> Option<Self> {
        let known = self.value("client_id") == CLIENT.0
            && self.value("response_type") == "code"
            && self.value("redirect_uri").starts_with("http");
        known.then_some(self)
    }

    /// A parameter; empty where it is missing.
    pub(super) fn value(&self, name: &str) -> &str {
        self.0.value(name).unwrap_or_default()
    }

    /// The address that leads back with these, and with what was passed on.
    pub(super) fn back(&self, pairs: &[(&str, &str)]) -> String {
        let pairs = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .append_pair("state", self.value("state"))
            .finish();
        format!("{}?{pairs}", self.value("redirect_uri"))
    }
}

/// A request that makes no sense.
pub(super) fn invalid() -> Response {
    (StatusCode::BAD_REQUEST, "invalid_request").into_response()
}

/// The page of a vendor on which an owner approves; both answers lead back.
pub(super) fn page(vendor: &str, asked: &Asked, approve: &Markup) -> Response {
    let title = format!("{vendor} (stand-in)");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } meta name="viewport" content="width=device-width"; }
            body {
                main {
                    h1 { (title) }
                    p { "GreenGrid asks to read the data of your system. It can change nothing." }
                    (approve)
                    p { a #decline href=(asked.back(&[("error", "access_denied")])) { "Decline" } }
                }
            }
        }
    };
    page.into_response()
}
