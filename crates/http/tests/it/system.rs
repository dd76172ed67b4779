//! The program as those see it who watch it work.

use axum::http::Method;
use greengrid_domain::identity::{Role, Scope};
use greengrid_http::{DemoAccount, Settings};
use tracing_subscriber::prelude::*;

use crate::live::stream_of;
use crate::streams::until;
use crate::support::{App, SECRET};

/// One subscriber for all tests of this program.
fn watch() {
    let _ = tracing_subscriber::registry().with(greengrid_http::signals()).try_init();
}

#[tokio::test]
async fn the_system_page_shows_requests_statements_and_patches_as_they_happen() {
    watch();
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let page = ops.get("/system").await.text;
    assert!(page.contains("Requests") && page.contains("id=\"log-database\""));
    let mut tab = ops.stream(&stream_of(&page)).await;
    until(&mut tab, "id=\"log-request\"").await;
    let mut room = ops.stream("/live?view=room&room=lobby&from=1").await;
    until(&mut room, "id=\"posts\"").await;

    let said = ops.post("/chat/lobby", &[("text", "my secret words")]).await;
    assert_eq!(said.status, 303);

    let mut seen = until(&mut tab, "/chat/{room}").await;
    while !(seen.contains("insert chat_post") && seen.contains(">room<")) {
        seen.push_str(&until(&mut tab, "data: elements").await);
    }
    assert!(!seen.contains("my secret words"), "a signal tells what somebody wrote");
    assert!(!seen.contains("@example.org"), "a signal tells an address");
}

#[tokio::test]
async fn one_post_can_be_followed_from_the_request_to_the_stream() {
    watch();
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    ops.get("/system").await;
    let mut room = ops.stream("/live?view=room&room=lobby&from=1").await;
    until(&mut room, "id=\"posts\"").await;

    let sent = ops.post("/system/follow", &[("text", "follow this one")]).await;
    assert_eq!(sent.status, 303);
    let trace = sent.header("location").to_owned();
    until(&mut room, "follow this one").await;

    let mut tab = ops.stream(&stream_of(&ops.clone().get(&trace).await.text)).await;
    let seen = until(&mut tab, "Render, stream").await;
    let stages = ["Transport", "Policy", "Domain", "Row", "Statement", "Event", "Render, stream"];
    for stage in stages {
        assert!(seen.contains(stage), "{stage}: {seen}");
    }
    assert!(seen.contains("POST /system/follow"), "{seen}");
    assert!(!seen.contains("follow this one"));
}

fn demo() -> Settings {
    let account = DemoAccount { email: "ops@example.org".to_owned(), role: Role::Ops };
    Settings::builder().secret(SECRET.parse().unwrap()).demo_accounts(vec![account]).build()
}

#[tokio::test]
async fn one_reading_can_be_followed_through_the_door_of_all_readings() {
    watch();
    let app = App::with(demo()).await;
    app.sites(["alpha"]).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let page = ops.get("/system").await.text;
    assert!(page.contains("id=\"follow-reading\""));
    let mut panels = ops.stream(&stream_of(&page)).await;
    until(&mut panels, "id=\"log-request\"").await;
    let reading = [("site", "alpha"), ("power", "4200")];

    let sent = ops.post("/system/follow/reading", &reading).await;

    assert_eq!(sent.status, 303, "{}", sent.text);
    let to = sent.header("location").to_owned();
    assert!(to.starts_with("/system?site=alpha&followed="), "{to}");
    let page = ops.get(to.split('#').next().unwrap()).await.text;
    let (_, way) = page.split_once("id=\"followed\"").unwrap();
    for stage in ["Transport", "Policy", "Domain", "Row", "Statement"] {
        assert!(way.contains(&format!("<th scope=\"row\">{stage}</th>")), "{stage}: {way}");
    }
    assert!(way.contains("POST /system/follow/reading"), "{way}");
    let kept: (i64, i32) = sqlx::query_as("select count(*), max(power_w) from reading_event")
        .fetch_one(&app.db.pool())
        .await
        .unwrap();
    assert_eq!(kept, (1, 4200));
    let noted: i64 =
        sqlx::query_scalar("select count(*) from audit_entry where action = 'send_reading'")
            .fetch_one(&app.db.pool())
            .await
            .unwrap();
    assert_eq!(noted, 1);

    // With script the page stays, and its stream goes on to show the way.
    let mut datastar = ops.clone().saying("datastar-request", "true");
    let again = datastar.post("/system/follow/reading", &reading).await.text;
    assert!(again.contains("view=system&amp;site=alpha&amp;followed="), "{again}");
    assert!(again.contains("was there already"), "{again}");
    let mut tab = ops.stream(&stream_of(&again)).await;
    until(&mut tab, "id=\"followed\"").await;
}

#[tokio::test]
async fn a_reading_that_makes_no_sense_is_told_beside_its_field_and_kept() {
    let app = App::with(demo()).await;
    let mut ops = app.signed_in(Role::Ops).await;

    let typed = [("site", "nowhere"), ("power", "4200")];
    let unknown = ops.post("/system/follow/reading", &typed).await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.text.contains("There is no such site."), "{}", unknown.text);
    assert!(unknown.text.contains("value=\"nowhere\"") && unknown.text.contains("value=\"4200\""));
    let odd = [("site", "<b>"), ("power", "-3 kW")];
    let told = ops.clone().saying("datastar-request", "true");
    let told = { told }.post("/system/follow/reading", &odd).await;
    assert_eq!(told.status, 200);
    assert!(told.text.contains("follow-site-wrong") && told.text.contains("follow-power-wrong"));
    assert!(told.text.contains("value=\"&lt;b&gt;\""));

    // Nothing is made up for real sites, and not by everybody.
    let cs = &mut app.signed_in(Role::Cs).await;
    assert_eq!(cs.post("/system/follow/reading", &typed).await.status, 403);
    assert!(!cs.get("/system").await.text.contains("follow-reading"));
    let real = App::start().await;
    let mut ops = real.signed_in(Role::Ops).await;
    assert!(!ops.get("/system").await.text.contains("follow-reading"));
    assert_eq!(ops.post("/system/follow/reading", &typed).await.status, 409);
}

#[tokio::test]
async fn a_post_that_cannot_be_followed_is_told_beside_its_field() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let refused = ops.post("/system/follow", &[("text", "  ")]).await;

    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("id=\"follow-wrong\""));
    assert_eq!(ops.get("/system/traces/..%2Fetc").await.status, 404);
    let unknown = "/system/traces/0197a3b2-0000-7000-8000-000000000000";
    assert!(ops.get(unknown).await.text.contains("Nothing is kept of this request"));
}

#[tokio::test]
async fn a_burst_is_answered_and_is_not_for_customers() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    assert_eq!(ops.get("/system/burst/cheap").await.text, "ok\n");
    assert_eq!(ops.get("/system/burst/database").await.text, "0 sites\n");
    assert_eq!(app.signed_in(Role::Customer).await.get("/system/burst/cheap").await.status, 403);
}

#[tokio::test]
async fn an_instance_is_ready_while_its_database_is() {
    let app = App::start().await;
    assert_eq!(app.browser().get("/readyz").await.text, "ready\n");

    sqlx::query(
        "delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)",
    )
    .execute(&app.db.pool())
    .await
    .unwrap();

    let answer = app.browser().get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert!(answer.text.contains("1 migrations are missing"), "{}", answer.text);
    assert_eq!(app.browser().get("/healthz").await.status, 200);
}

#[tokio::test]
async fn figures_are_for_the_machine_itself_and_for_whoever_has_a_token() {
    let app = App::start().await;
    let reader = app.token(&[Scope::MetricsRead]).await;
    let logger = app.token(&[Scope::ReadingsWrite]).await;
    let status = async |secret: &str| {
        let bearer = format!("Bearer {secret}");
        app.browser().saying("authorization", &bearer).get("/metrics").await.status
    };
    let here = || app.browser().at([127, 0, 0, 1]);

    assert_eq!(app.browser().get("/metrics").await.status, 401);
    assert_eq!(here().saying("x-forwarded-for", "203.0.113.9").get("/metrics").await.status, 401);
    assert_eq!(status(&logger).await, 403);
    assert_eq!(status("gg_unknown").await, 401);
    assert_eq!(status(&reader).await, 200);
    here().head_of(Method::GET, "/sign-in").await;
    let text = here().get("/metrics").await.text;
    for figure in [
        "greengrid_http_requests_total{method=\"GET\",route=\"/sign-in\",status=\"200\"}",
        "greengrid_http_request_duration_seconds_bucket{route=\"/sign-in\",le=\"0.25\"}",
        "greengrid_readings_total{outcome=\"accepted\"} 0",
        "greengrid_projector_lag_seconds 0",
        "greengrid_live_tabs 0",
        "greengrid_queue_waiting{queue=\"readings\"} 0",
        "greengrid_pool_connections{pool=\"pages\",state=\"idle\"}",
        "process_resident_memory_bytes ",
        "process_open_fds ",
    ] {
        assert!(text.contains(figure), "{figure}:\n{text}");
    }
}
