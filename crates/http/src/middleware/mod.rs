//! Layers around the router, from the outside in: compression, headers, the
//! log of requests, faults made readable, panics caught, bodies limited.

mod compress;
mod faults;
mod headers;
mod log;
#[cfg(test)]
mod tests;

use std::any::Any;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};

pub(crate) use headers::ForeignDocument;

use crate::fault::Fault;
use crate::state::AppState;

/// The most that a request may carry. Extractors and streams both stop there.
pub(crate) const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// Puts all layers around the router.
pub(crate) fn around(router: Router<AppState>, state: &AppState) -> Router<AppState> {
    // The first layer listed here is the innermost.
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(faults::readable))
        .layer(from_fn_with_state(state.clone(), log::requests))
        .layer(from_fn_with_state(state.clone(), headers::strict))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(from_fn(compress::compressed))
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast::<String>()
        .map(|text| *text)
        .or_else(|panic| panic.downcast::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|_| "a panic without words".to_owned());
    Fault::Internal(text.into()).into_response()
}
