//! Open pages follow what happens, on every instance.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Method;
use futures::future::join_all;
use greengrid_app::monitoring::AssessmentStore;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Finding, NextStep, Spark, Status};
use greengrid_domain::units::{Currency, Energy, Money};
use greengrid_http::bootstrap::{Core, Instance, connect};
use greengrid_http::{StreamLimits, server};
use greengrid_infra::postgres::monitoring::PgAssessmentStore;
use greengrid_infra::postgres::testing::TestDatabase;
use http_body_util::BodyExt;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::streams::until;
use crate::support::{App, Browser, PASSWORD, settings, user};

const OVERVIEW: &str = "/live?view=overview";

/// What is found at a site now, with this cause.
fn assessment(site: SiteId, cause: &str) -> Assessment {
    let now: Timestamp = "2026-06-12T08:40:00Z".parse().unwrap();
    Assessment {
        site,
        status: Status::ActToday,
        finding: Some(Finding {
            kind: AnomalyKind::Outage,
            since: now,
            lost: Energy::from_wh(1000),
            lost_per_day: Energy::from_wh(24_000),
            money_per_day: Money { amount: 9.into(), currency: Currency::Eur },
            cause: cause.to_owned(),
            next_step: NextStep::SendTechnician,
        }),
        power_now: None,
        expected_now: None,
        energy_today: Energy::ZERO,
        expected_today: Energy::from_wh(9000),
        last_reading_at: Some(now),
        spark: Spark { from: now, actual: Vec::new(), expected: Vec::new() },
        daily_index: Vec::new(),
    }
}

/// Judges a site, as the assessor would.
pub(crate) async fn judge(app: &App, code: &str, cause: &str) {
    judge_at(app, code, cause, Timestamp::now()).await;
}

/// The same at a moment.
pub(crate) async fn judge_at(app: &App, code: &str, cause: &str, at: Timestamp) {
    let code = code.parse().unwrap();
    let site = app.directory.snapshot().site_by_code(&code).unwrap().id;
    let store = PgAssessmentStore::new(app.db.pool());
    store.save(at, &[assessment(site, cause)], &[]).await.unwrap();
}

/// The elements of the first patch of a stream.
pub(crate) async fn first_patch(stream: &mut Body) -> String {
    let mut seen = String::new();
    while !seen.contains("data: elements ") || !seen.ends_with("\n\n") {
        let frame = timeout(Duration::from_secs(30), stream.frame()).await.expect("a state");
        let bytes = frame.expect("the stream goes on").unwrap().into_data().unwrap();
        seen.push_str(&String::from_utf8_lossy(&bytes));
    }
    let lines = seen.lines().filter_map(|line| line.strip_prefix("data: elements "));
    lines.collect::<Vec<_>>().join("\n")
}

/// Where the stream of a page is, as its markup says.
pub(crate) fn stream_of(page: &str) -> String {
    let (_, rest) = page.split_once("@get('/live").expect("a live page");
    format!("/live{}", rest.split_once('\'').unwrap().0.replace("&amp;", "&"))
}

#[tokio::test]
async fn a_stream_begins_with_what_its_page_shows() {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    judge(&app, "alpha", "The inverter is off.").await;

    for path in ["/overview", "/overview?list=watch&q=al", "/sites?sort=name", "/sites/alpha"] {
        let mut ops = app.signed_in(Role::Ops).await;
        let page = ops.get(path).await.text;
        let patch = first_patch(&mut ops.stream(&stream_of(&page)).await).await;

        assert!(patch.starts_with("<main"), "{path}: {patch}");
        assert!(page.contains(&patch), "{path}: the patch differs from the page");
    }
}

#[tokio::test]
async fn a_change_reaches_every_tab_on_every_instance() {
    let here = App::start().await;
    here.sites(["alpha"]).await;
    let there = here.beside().await;
    let mut browser = here.signed_in(Role::Ops).await;
    let mut elsewhere = Browser::new(there.router.clone());
    elsewhere.cookies.clone_from(&browser.cookies);
    let mut tabs = [
        browser.stream(OVERVIEW).await,
        browser.stream(OVERVIEW).await,
        browser.stream("/live?view=site&site=alpha").await,
        elsewhere.stream(OVERVIEW).await,
    ];
    for tab in &mut tabs {
        until(tab, "id=\"main\"").await;
    }

    judge(&here, "alpha", "The inverter is off.").await;

    join_all(tabs.iter_mut().map(|tab| until(tab, "The inverter is off."))).await;
}

#[tokio::test]
async fn what_was_said_while_nobody_could_hear_is_not_lost() {
    let app = App::start().await;
    app.sites(["alpha"]).await;
    let mut tab = app.signed_in(Role::Ops).await.stream(OVERVIEW).await;
    until(&mut tab, "id=\"main\"").await;

    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and query ilike 'listen%'",
    )
    .execute(&app.db.pool())
    .await
    .unwrap();
    judge(&app, "alpha", "The inverter is off.").await;

    until(&mut tab, "The inverter is off.").await;
}

#[tokio::test]
async fn a_stream_is_never_stored_nor_held_back() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let (status, headers) = ops.head_of(Method::GET, OVERVIEW).await;

    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "text/event-stream");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-accel-buffering"], "no");
    assert!(!headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused_like_its_page() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    for (view, status) in [
        ("", 400),
        ("view=salaries", 400),
        ("view=overview&brand=volt", 400),
        ("view=site&site=nowhere", 404),
        ("view=import&job=00000000-0000-0000-0000-000000000000", 404),
        ("view=accounts", 403),
        ("view=own_sites", 403),
    ] {
        assert_eq!(ops.get(&format!("/live?{view}")).await.status, status, "{view}");
    }
    assert_eq!(app.browser().get(OVERVIEW).await.status, 303);
}

#[tokio::test]
async fn datastar_is_told_where_asking_again_is_pointless() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await.saying("datastar-request", "true");
    let mut nobody = app.browser().saying("datastar-request", "true");

    assert_eq!(ops.get("/live?view=site&site=nowhere").await.status, 204);
    assert_eq!(ops.get("/live?view=salaries").await.status, 204);
    for (refused, target) in
        [(ops.get("/live?view=accounts").await, "'/'"), (nobody.get(OVERVIEW).await, "/sign-in")]
    {
        assert_eq!(refused.header("content-type"), "text/event-stream");
        assert!(refused.text.contains("window.location.assign("), "{}", refused.text);
        assert!(refused.text.contains(target), "{}", refused.text);
    }
}

#[tokio::test]
async fn a_session_has_no_more_tabs_than_it_may() {
    let limits = StreamLimits::builder().tabs_per_session(2).build();
    let app = App::with(greengrid_http::Settings { streams: limits, ..settings() }).await;
    let mut ops = app.signed_in(Role::Ops).await.saying("datastar-request", "true");
    let first = ops.stream(OVERVIEW).await;
    let _second = ops.stream(OVERVIEW).await;

    assert_eq!(ops.get(OVERVIEW).await.status, 429);

    drop(first);
    let _third = ops.stream(OVERVIEW).await;
    let _of_another = app.signed_in(Role::Ops).await.stream(OVERVIEW).await;
}

/// Reads what comes over a socket until it ends with this, or ends.
async fn read_until(socket: &mut TcpStream, seen: &mut Vec<u8>, end: &[u8]) {
    let met = |seen: &[u8]| seen.windows(end.len()).any(|part| part == end);
    while !met(seen) && socket.read_buf(seen).await.unwrap() > 0 {}
}

#[tokio::test]
async fn two_hundred_open_streams_end_cleanly_when_the_program_stops() {
    let db = TestDatabase::from_template().await;
    let core = Core::production(connect(&db.url()).await.unwrap()).await.unwrap();
    let limits = StreamLimits::builder().tabs_per_session(200).build();
    let settings = greengrid_http::Settings { streams: limits, ..settings() };
    let identity = core.identity().clone();
    let instance = Instance::start(core, settings).await.unwrap();
    let mut ops = Browser::new(instance.router());
    let account = user(&identity, Role::Ops).await;
    ops.sign_in(account.email.as_str(), PASSWORD).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(instance.serve(listener, server::Limits::default(), stop.clone()));
    let request = Arc::new(format!(
        "GET {OVERVIEW} HTTP/1.1\r\nhost: green.example\r\ncookie: {}\r\n\r\n",
        ops.cookie_line()
    ));
    let sockets = join_all((0..200).map(async |_| {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut seen = Vec::new();
        read_until(&mut socket, &mut seen, b"</main>\n\n").await;
        assert!(seen.starts_with(b"HTTP/1.1 200"));
        socket
    }))
    .await;

    let started = Instant::now();
    stop.cancel();

    join_all(sockets.into_iter().map(async |mut socket| {
        let mut rest = Vec::new();
        read_until(&mut socket, &mut rest, b"never").await;
        assert!(rest.ends_with(b"0\r\n\r\n"), "a stream was cut off");
    }))
    .await;
    assert!(started.elapsed() < Duration::from_secs(5));
    serving.await.unwrap();
}
