use std::time::Instant;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::request_id::RequestId;
use tracing::Instrument as _;

use crate::auth::client_address;
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
    let span = tracing::info_span!(
        "request",
        request.id = id,
        http.method = %request.method(),
        http.path = shown(request.uri().path()),
        client.address = %client,
    );
    async {
        let response = next.run(request).await;
        tracing::info!(
            http.status = response.status().as_u16(),
            duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
        response
    }
    .instrument(span)
    .await
}

/// Pages whose address ends with a secret.
const SECRET_AFTER: [&str; 5] =
    [urls::INVITATION, urls::RESET, urls::ADDRESS, urls::UNSUBSCRIBE, urls::CONNECT];

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
