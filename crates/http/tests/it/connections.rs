//! The page of connections, and what can be done there.

use greengrid_app::actor::Actor;
use greengrid_app::ingestion::vendors::{Credentials, SecretText};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{ConnectionId, Quota};
use jiff::SignedDuration;

use crate::support::App;

/// A site that is polled with a key of SolarEdge.
async fn connected(app: &App) -> ConnectionId {
    app.sites(["farm"]).await;
    let key = Credentials::SolarEdgeKey(SecretText::new("never-shown"));
    let quota = Quota::smallest_of(Brand::SolarEdge);
    app.connections
        .add_credential(&Actor::System, Brand::SolarEdge, "fleet", key, quota)
        .await
        .unwrap();
    let (site, external) = ("farm".parse().unwrap(), "4711".parse().unwrap());
    let hour = SignedDuration::from_hours(1);
    app.connections.connect(&Actor::System, &site, "fleet", external, hour).await.unwrap()
}

#[tokio::test]
async fn a_connection_is_paused_goes_on_and_is_filled_from_the_page() {
    let app = App::start().await;
    let id = connected(&app).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let page = ops.get("/connections").await.text;
    assert!(page.contains(">4711</span>") && !page.contains("never-shown"), "{page}");

    let paused = ops.post(&format!("/connections/{id}/pause"), &[("paused", "true")]).await;
    assert_eq!((paused.status.as_u16(), paused.header("location")), (303, "/connections"));
    assert!(ops.get("/connections").await.text.contains("Resume"));
    ops.post(&format!("/connections/{id}/pause"), &[("paused", "false")]).await;
    assert!(!ops.get("/connections").await.text.contains("Resume"));

    let filled = ops.post(&format!("/connections/{id}/back-fill"), &[("from", "2026-05-01")]).await;
    assert_eq!(filled.status, 303);
    assert!(ops.get("/connections").await.text.contains("Filling in since"));
    for day in ["2027-01-01", "yesterday"] {
        let refused = ops.post(&format!("/connections/{id}/back-fill"), &[("from", day)]).await;
        assert_eq!(refused.status, 422, "{day}");
    }
}

#[tokio::test]
async fn customer_success_looks_and_does_not_touch() {
    let app = App::start().await;
    let id = connected(&app).await;
    let mut cs = app.signed_in(Role::Cs).await;

    let page = cs.get("/connections").await.text;
    let refused = cs.post(&format!("/connections/{id}/pause"), &[("paused", "true")]).await;

    assert!(page.contains(">4711</span>") && !page.contains("Test now"));
    assert_eq!(refused.status, 403);
}
