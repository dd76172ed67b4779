use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State as FromState};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use greengrid_domain::fleet::Brand;
use serde_json::Value;

use super::{Fault, State};

/// How long an answer takes of a vendor that gives one at a time.
const TAKES: Duration = Duration::from_millis(20);

fn brand_of(request: &Request) -> Option<Brand> {
    request.uri().path().split('/').nth(1).and_then(|brand| brand.parse().ok())
}

/// Puts a field that was never there into every object of an answer, for a
/// brand of which that is wanted.
pub(in crate::standins) async fn reshaped(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let brand = brand_of(&request);
    let response = next.run(request).await;
    if !brand.is_some_and(|brand| state.has(brand, Fault::NewField))
        || !response.status().is_success()
    {
        return response;
    }
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut value) = serde_json::from_slice(&body) else {
        return Response::from_parts(head, body.into());
    };
    add_field(&mut value);
    Json(value).into_response()
}

fn add_field(value: &mut Value) {
    match value {
        Value::Array(entries) => entries.iter_mut().for_each(add_field),
        Value::Object(fields) if fields.contains_key("timezone") => {
            fields.insert("revision".to_owned(), 2.into());
        }
        Value::Object(fields) => fields.values_mut().for_each(add_field),
        _ => {}
    }
}

/// Refuses calls of a brand that come while another is answered, where that is
/// wanted.
pub(in crate::standins) async fn one_at_a_time(
    FromState(state): FromState<State>,
    request: Request,
    next: Next,
) -> Response {
    let brand = brand_of(&request);
    let Some(brand) = brand.filter(|brand| state.has(*brand, Fault::OneAtATime)) else {
        return next.run(request).await;
    };
    let first = state.begin(brand);
    tokio::time::sleep(TAKES).await;
    let response = if first {
        next.run(request).await
    } else {
        let limits = [("x-ratelimit-remaining-minute", "0"), ("retry-after", "20")];
        (StatusCode::TOO_MANY_REQUESTS, limits, "{}").into_response()
    };
    state.end(brand);
    response
}
