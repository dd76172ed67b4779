//! How owners approve, and tokens.

use axum::Json;
use axum::extract::{RawQuery, State as FromState};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use maud::html;
use serde_json::json;

use crate::standins::control::{Fault, State};
use crate::standins::oauth::{Asked, Grant, invalid, page, refused};
use crate::standins::query::Query;

/// `stand-in:stand-in-secret`.
const BASIC: &str = "Basic c3RhbmQtaW46c3RhbmQtaW4tc2VjcmV0";

/// Gives new tokens for the refresh token in force, which ends thereby.
pub(in crate::standins) async fn token(
    FromState(state): FromState<State>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    if headers.get(header::AUTHORIZATION).is_none_or(|basic| basic != BASIC) {
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if state.has(Brand::Enphase, Fault::ApprovalEnded) {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    }
    let query = Query::of(query.as_deref());
    let granted = match query.value("grant_type") {
        Some("refresh_token") => {
            let spent = query
                .value("refresh_token")
                .and_then(|token| token.strip_prefix("stand-in-refresh-").and_then(Grant::read));
            spent.and_then(|spent| state.renew(spent.0, spent.1))
        }
        Some("authorization_code") => {
            let code = query.value("code").and_then(|code| code.strip_prefix("stand-in-code-"));
            code.and_then(|grant| grant.parse().ok()).and_then(|grant| state.trade(grant))
        }
        _ => return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    };
    let Some((grant, number)) = granted else {
        return refused(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let tokens = Grant(grant, number);
    Json(json!({
        "access_token": format!("stand-in-access-{tokens}"), "token_type": "bearer",
        "refresh_token": format!("stand-in-refresh-{tokens}"), "expires_in": 86_393,
        "scope": "read write",
    }))
    .into_response()
}

/// The page on which an owner approves. Both answers lead back.
pub(in crate::standins) async fn authorize(
    FromState(state): FromState<State>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(asked) = Asked::read(query.as_deref()).known() else { return invalid() };
    let code = format!("stand-in-code-{}", state.new_grant());
    let approve = html! { p { a #approve href=(asked.back(&[("code", &code)])) { "Approve" } } };
    page("Enphase", &asked, &approve)
}

/// The page on which people sign in, which is none for programs.
pub(in crate::standins) async fn sign_in() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/html; charset=UTF-8")];
    (StatusCode::FORBIDDEN, kind, "<html><title>Forbidden</title></html>").into_response()
}
