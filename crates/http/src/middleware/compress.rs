use axum::body::Body;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tower::ServiceExt;
use tower_http::compression::Compression;

use crate::urls;

/// Compresses answers as the browser allows; not streams, which have to go out
/// piece by piece. The state that a compressor keeps would take six kilobytes
/// for each of them, whether it is used or not.
pub(super) async fn compressed(request: Request, next: Next) -> Response {
    if request.uri().path() == urls::LIVE {
        return next.run(request).await;
    }
    match Compression::new(next).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}
