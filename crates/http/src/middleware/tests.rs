use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{Request, Response, header};
use axum::middleware::from_fn;
use axum::routing::{get, post};
use bytes::Bytes;
use greengrid_app::error::StoreError;
use http_body_util::BodyExt;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use super::{faults, panicked};
use crate::fault::Fault;

async fn boom() {
    panic!("secret detail")
}

async fn busy() -> Fault {
    StoreError::busy("no connection was free: secret detail").into()
}

async fn broken() -> Fault {
    StoreError::new("column secret_detail does not exist").into()
}

async fn take(_: Bytes) {}

async fn stream() -> ([(header::HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/event-stream")], "data: x\n\n".repeat(500))
}

async fn page() -> ([(header::HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/html")], "<p>x</p>".repeat(500))
}

fn router() -> Router {
    Router::new()
        .route("/boom", get(boom))
        .route("/busy", get(busy))
        .route("/broken", get(broken))
        .route("/api/broken", get(broken))
        .route("/take", post(take))
        .route("/stream", get(stream))
        .route("/page", get(page))
        .layer(DefaultBodyLimit::max(10))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(faults::readable))
        .layer(CompressionLayer::new())
}

async fn ask(request: axum::http::request::Builder, body: &'static str) -> (Response<()>, String) {
    let response = router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_failure_is_a_page_with_its_status_and_without_its_details() {
    for (path, status, retry_after) in
        [("/boom", 500, None), ("/broken", 500, None), ("/busy", 503, Some("5"))]
    {
        let (head, text) = ask(Request::get(path), "").await;

        assert_eq!(head.status(), status, "{path}");
        assert_eq!(head.headers().get("retry-after").map(|v| v.to_str().unwrap()), retry_after);
        assert!(text.starts_with("<!DOCTYPE html>"), "{path}");
        assert!(!text.contains("secret"), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_program_gets_the_same_as_json() {
    let (head, text) = ask(Request::get("/api/broken"), "").await;

    assert_eq!(head.status(), 500);
    assert_eq!(
        text,
        r#"{"error":{"code":"internal","message":"something went wrong on our side"}}"#
    );
}

#[tokio::test]
async fn datastar_gets_a_toast_with_200_since_it_shows_nothing_else() {
    let (head, text) = ask(Request::get("/boom").header("datastar-request", "true"), "").await;

    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-type"], "text/event-stream");
    assert!(text.contains("Something went wrong on our side."));
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_page_too() {
    let (head, text) = ask(Request::post("/take"), "more than ten bytes").await;

    assert_eq!(head.status(), 413);
    assert!(text.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn pages_are_compressed_and_streams_are_not() {
    let encoding = async |path: &str| {
        let (head, _) = ask(Request::get(path).header("accept-encoding", "gzip"), "").await;
        head.headers().get("content-encoding").cloned()
    };

    assert_eq!(encoding("/page").await.unwrap(), "gzip");
    assert_eq!(encoding("/stream").await, None);
}
