use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;
use tower_http::request_id::RequestId;

use crate::auth::{Theme, is_datastar, patched};
use crate::components::error_page::error_page;
use crate::components::icon;
use crate::fault::{Shown, whole_seconds};
use crate::grpc;
use crate::urls;

/// Makes a failure readable for whoever asked: JSON or a status of gRPC for
/// programs, a toast for Datastar, a page for a browser.
pub(super) async fn readable(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let program = path.starts_with("/api/") || path.starts_with(urls::INGEST);
    // A stream that cannot be had keeps its status: a toast would look to the
    // page as if it were live again, and come anew with every try.
    let datastar = is_datastar(request.headers()) && request.uri().path() != urls::LIVE;
    let grpc = grpc::is_grpc(request.headers());
    let theme = Theme::of(request.headers());
    let reference = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok().map(str::to_owned));
    let head = request.method() == Method::HEAD;
    let sent = request.method() == Method::POST;

    let response = next.run(request).await;

    let Some(shown) = shown(&response) else { return response };
    let mut readable = if grpc {
        grpc::status(&shown).into_http()
    } else if program {
        as_json(&shown)
    } else if datastar {
        as_toast(&shown)
    } else {
        let page = error_page()
            .status(shown.status)
            .message(told(&shown))
            .maybe_reference(reference.as_deref())
            .theme(theme)
            .sent(sent)
            .render();
        (shown.status, page).into_response()
    };
    carry_over(&response, &mut readable);
    if let Some(wait) = shown.retry_after {
        readable.headers_mut().insert(header::RETRY_AFTER, whole_seconds(wait).into());
    }
    if program && shown.status == StatusCode::UNAUTHORIZED {
        readable.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if head {
        *readable.body_mut() = axum::body::Body::empty();
    }
    readable
}

/// The failure that an answer carries. What an extractor refused comes as
/// plain text of the framework's; its wording is not for people.
fn shown(response: &Response) -> Option<Shown> {
    if let Some(shown) = response.extensions().get::<Shown>() {
        return Some(shown.clone());
    }
    let status = response.status();
    let bare = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !bare || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    let (code, message) = match status {
        StatusCode::NOT_FOUND => ("not_found", "there is nothing here"),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "this is larger than we take in one piece"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported_media_type", "this kind of content is not understood here")
        }
        _ if status.is_client_error() => ("bad_request", "this request makes no sense to us"),
        _ => ("internal", "something went wrong on our side"),
    };
    Some(Shown { status, code, message: message.to_owned(), retry_after: None })
}

fn as_json(shown: &Shown) -> Response {
    let body = json!({ "error": { "code": shown.code, "message": shown.message } });
    (shown.status, Json(body)).into_response()
}

/// Datastar reads only the body of a 200.
fn as_toast(shown: &Shown) -> Response {
    patched(html! {
        div #toasts .toasts role="status" aria-live="polite" {
            div .toast { (icon("act")) span { b { (sentence(&shown.message)) } } }
        }
    })
}

/// What the page adds to the words it has for every status.
fn told(shown: &Shown) -> &str {
    match shown.code {
        "not_found" | "forbidden" | "internal" | "signed_out" => "",
        _ => &shown.message,
    }
}

/// A message as a sentence of its own.
fn sentence(message: &str) -> String {
    let mut chars = message.chars();
    let first = chars.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(chars).chain(['.']).collect()
}

/// Cookies and the like that inner layers set stay with the answer.
fn carry_over(from: &Response, to: &mut Response) {
    const OURS: [header::HeaderName; 3] =
        [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CACHE_CONTROL];
    let kept: HeaderMap = from
        .headers()
        .iter()
        .filter(|(name, _)| !OURS.contains(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    for (name, value) in &kept {
        to.headers_mut().append(name.clone(), value.clone());
    }
}
