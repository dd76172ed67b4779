use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use greengrid_domain::observability::signal;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use crate::auth::{SessionMark, client_address};
use crate::observability::{self, metrics};
use crate::state::AppState;
use crate::urls;

/// One line per request. Queries are left out: people type into them. So are
/// the secrets of addresses that hold one.
pub(super) async fn requests(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let client =
        client_address(request.extensions(), request.headers(), &state.settings.trusted_proxies);
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    let (method, route) = (request.method().clone(), route(&request));
    observability::follows(request.uri().path());
    let span = tracing::info_span!(
        target: signal::REQUEST,
        "request",
        request.id = id,
        http.method = %request.method(),
        http.path = shown(request.uri().path()),
        client.address = %client,
    );
    async {
        let response = next.run(request).await;
        let took = started.elapsed();
        let status = response.status().as_u16();
        tracing::info!(
            target: signal::REQUEST,
            took_us = signal::micros(took),
            http.method = %method,
            http.route = route,
            http.status = status,
            session = response.extensions().get::<SessionMark>().map(|mark| mark.0.as_str()),
            "answered"
        );
        metrics::answered(method.as_str(), route.as_deref(), status, took);
        response
    }
    .instrument(span)
    .await
}

/// Pages whose address ends with a secret.
const SECRET_AFTER: [&str; 5] =
    [urls::INVITATION, urls::RESET, urls::ADDRESS, urls::UNSUBSCRIBE, urls::CONNECT];

/// The pattern of the address, in which nothing of the address itself stands.
fn route(request: &Request) -> Option<String> {
    request.extensions().get::<MatchedPath>().map(|matched| matched.as_str().to_owned())
}

/// A path without what must not be seen of it.
fn shown(path: &str) -> &str {
    if let Some(page) = SECRET_AFTER.iter().find(|page| path.starts_with(**page)) {
        return &path[..page.len()];
    }
    match path.strip_prefix(urls::INGEST) {
        Some(rest) => {
            let vendor = rest.find('/').unwrap_or(0);
            &path[..urls::INGEST.len() + vendor]
        }
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_an_address_is_not_logged() {
        assert_eq!(shown("/ingest/fronius/0123abcd"), "/ingest/fronius");
        assert_eq!(shown("/ingest/0123abcd"), "/ingest/");
        assert_eq!(shown("/invitation/0123abcd"), "/invitation/");
        assert_eq!(shown("/reset/0123abcd"), "/reset/");
        assert_eq!(shown("/address/0123abcd"), "/address/");
        assert_eq!(shown("/connect/0123abcd"), "/connect/");
        assert_eq!(shown("/connections"), "/connections");
        assert_eq!(shown("/sites/farm"), "/sites/farm");
    }
}
