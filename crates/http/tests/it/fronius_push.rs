//! Datamanagers that send by themselves.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use greengrid_app::actor::Actor;
use greengrid_domain::identity::Role;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::App;

/// A push of current values at a time of that morning, with this in its body.
pub(crate) fn current(time: &str, body: &str) -> String {
    format!(
        r#"{{"Head": {{"RequestArguments": {{}}, "Status": {{"Code": 0, "Reason": "", "UserMessage": ""}},
             "Timestamp": "2026-06-12T{time}+02:00"}},
             "Body": {{{body}}}}}"#
    )
}

const CURRENT: &str = r#"{
  "Head": {"RequestArguments": {}, "Status": {"Code": 0, "Reason": "", "UserMessage": ""},
           "Timestamp": "2026-06-12T10:33:41+02:00"},
  "Body": {"PAC": {"Unit": "W", "Values": {"1": 4120, "2": 3980}},
           "TOTAL_ENERGY": {"Unit": "Wh", "Values": {"1": 12345678, "2": 55}}}
}"#;

const LOG: &str = r#"{
  "Head": {"Status": {"Code": 0}, "Timestamp": "2026-06-12T10:00:09+02:00"},
  "Body": {"inverter/1": {"Start": "2026-06-12T00:00:00+02:00", "End": "x", "Data": {
    "EnergyReal_WAC_Sum_Produced": {"Unit": "Wh", "Values": {"35700": 300, "36000": 310}}}}}
}"#;

/// The secret of a new site’s address.
pub(crate) async fn address(app: &App, site: &'static str) -> String {
    app.sites([site]).await;
    let site = site.parse().unwrap();
    app.connections.connect_push(&Actor::System, &site).await.unwrap()
}

pub(crate) async fn push(app: &App, secret: &str, body: &str) -> (StatusCode, Value) {
    let request = Request::post(format!("/ingest/fronius/{secret}"))
        .header(header::HOST, "green.example")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let (head, body) = app.router.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, serde_json::from_slice(&body).unwrap_or_else(|_| panic!("{body:?}")))
}

#[tokio::test]
async fn both_formats_are_taken_and_a_log_sent_again_counts_nothing_twice() {
    let app = App::start().await;
    let secret = address(&app, "farm").await;

    let current = push(&app, &secret, CURRENT).await;
    let log = push(&app, &secret, LOG).await;
    let again = push(&app, &secret, LOG).await;

    assert_eq!((current.0, &current.1["accepted"]), (StatusCode::OK, &2.into()));
    assert_eq!((log.0, &log.1["accepted"]), (StatusCode::OK, &2.into()));
    assert_eq!((&again.1["accepted"], &again.1["duplicate"]), (&0.into(), &2.into()));
    let csv = app.signed_in(Role::Ops).await.get("/sites/farm/readings.csv").await.text;
    assert!(csv.contains("inverter/1"), "{csv}");
    let page = app.signed_in(Role::Cs).await.get("/connections").await.text;
    assert!(page.contains("All connections bring their readings."), "{page}");
    assert!(page.contains("sends by itself"));
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_clearly_kept_whole_and_shown() {
    let app = App::start().await;
    let secret = address(&app, "farm").await;

    let (status, body) = push(&app, &secret, r#"{"Head":{"Timestamp":"now"},"Body":{}}"#).await;

    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["error"]["message"].as_str().unwrap().contains("not a time with an offset"));
    let mut ops = app.signed_in(Role::Ops).await;
    let quarantine = ops.get("/quarantine").await.text;
    assert!(quarantine.contains("push of farm"), "{quarantine}");
    let page = ops.get("/connections").await.text;
    assert!(
        page.contains("The vendor changed something in its answers; engineering is told."),
        "{page}"
    );
    push(&app, &secret, CURRENT).await;
    assert!(ops.get("/connections").await.text.contains("Every vendor answers"));
}

#[tokio::test]
async fn who_does_not_know_the_secret_learns_nothing() {
    let app = App::start().await;
    let secret = address(&app, "farm").await;
    let id = app.connections.list(&Actor::System).await.unwrap().0[0].id;

    let unknown = push(&app, "0123abcd", CURRENT).await;
    app.connections.pause(&Actor::System, id, true).await.unwrap();
    let paused = push(&app, &secret, CURRENT).await;

    for (status, body) in [unknown, paused] {
        assert_eq!((status, &body["error"]["code"]), (StatusCode::NOT_FOUND, &"not_found".into()));
    }
}
