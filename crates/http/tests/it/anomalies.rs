//! Anomalies among people, as their browsers meet them.

use greengrid_app::monitoring::AnomalyStore;
use greengrid_app::testing::anomaly_suite::seen;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::{AnomalyChange, AnomalyKind, AnomalyNews};
use greengrid_infra::postgres::monitoring::PgAnomalyStore;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::live::{first_patch, judge, stream_of};
use crate::streams::until;
use crate::support::App;

const ID: Uuid = Uuid::from_u128(0x0197_a3b2_0000_7000_8000_0000_0000_0001);

/// The moment at which the program's clock stands.
fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

fn place(action: &str) -> String {
    format!("/sites/alpha/anomalies/{ID}/{action}")
}

fn site(app: &App, code: &str) -> SiteId {
    app.directory.snapshot().site_by_code(&code.parse().unwrap()).unwrap().id
}

async fn tell(app: &App, id: Uuid, site: SiteId, news: AnomalyNews) {
    let change = AnomalyChange { anomaly: id.into(), site, at: now(), news };
    PgAnomalyStore::new(app.db.pool()).record(&[change]).await.unwrap();
}

/// An outage at `alpha`, found and raised.
async fn with_outage() -> App {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    judge(&app, "alpha", "The inverter is off.").await;
    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    tell(&app, ID, site(&app, "alpha"), raised).await;
    app
}

#[tokio::test]
async fn an_anomaly_is_handled_by_plain_forms() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let rui = app.user(Role::Ops).await;
    let rui_id = rui.id.to_string();

    for (action, fields) in [
        ("acknowledge", vec![]),
        ("assign", vec![("to", rui_id.as_str())]),
        ("snooze", vec![("hours", "24")]),
        ("acknowledge", vec![]),
        ("note", vec![("text", "The <b>breaker</b> is warm.\r\nCalled Rui.")]),
        ("resolve", vec![("text", "New breaker")]),
        ("reopen", vec![("text", "It tripped again")]),
    ] {
        let answer = diana.post(&place(action), &fields).await;
        assert_eq!(answer.status, 303, "{action}: {}", answer.text);
        assert_eq!(answer.header("location"), format!("/sites/alpha?anomaly={ID}#case"));
    }

    let page = diana.get(&format!("/sites/alpha?anomaly={ID}")).await.text;
    for said in [
        "Called repaired",
        "New breaker",
        "It tripped again",
        "The &lt;b&gt;breaker&lt;/b&gt; is warm.\nCalled Rui.",
        "Diana Reyes",
    ] {
        assert!(page.contains(said), "{said}");
    }
}

#[tokio::test]
async fn the_second_of_two_people_is_told_how_it_stands_now() {
    let app = with_outage().await;
    let (mut diana, mut rui) = (app.signed_in(Role::Ops).await, app.signed_in(Role::Ops).await);
    let place = place("acknowledge");

    let (one, other) = tokio::join!(diana.post(&place, &[]), rui.post(&place, &[]));

    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    let late = if one.status == 409 { one } else { other };
    assert!(late.text.contains("Somebody has marked it as seen already."));
    assert!(late.text.contains("This is how it stands now."));
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_changes_nothing() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let long = "x".repeat(2_001);

    for (action, fields, said) in [
        ("note", vec![("text", " \t ")], "Write a word or two."),
        ("resolve", vec![("text", long.as_str())], "this has 2001"),
        ("dismiss", vec![("why", "boredom")], "Choose a reason."),
        ("dismiss", vec![("why", "snow"), ("from_hour", "9")], "Give both hours, or none."),
        ("dismiss", vec![("why", "snow"), ("text", "typed"), ("days", "x")], ">typed</textarea>"),
    ] {
        let answer = diana.post(&place(action), &fields).await;
        assert_eq!(answer.status, 422, "{action}");
        assert!(answer.text.contains(said), "{action}: {said}");
    }
    let plan = [("from", "2026-06-13T08:00"), ("to", "2026-06-12T08:00"), ("text", "Roof")];
    let backwards = diana.post("/sites/alpha/maintenance", &plan).await;
    assert_eq!(backwards.status, 422);
    assert!(backwards.text.contains("The end of the work must come after its begin."));
    let history = PgAnomalyStore::new(app.db.pool()).history(&[ID.into()]).await.unwrap();
    assert_eq!(history.len(), 1);
}

#[tokio::test]
async fn an_anomaly_of_another_site_is_not_there() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;

    let elsewhere = format!("/sites/beta/anomalies/{ID}/acknowledge");

    assert_eq!(diana.post(&elsewhere, &[]).await.status, 404);
    assert_eq!(diana.get(&format!("/sites/beta/anomalies/{ID}")).await.status, 404);
    let mut customer = app.signed_in(Role::Customer).await;
    assert_eq!(customer.get(&format!("/sites/alpha/anomalies/{ID}")).await.status, 403);
}

#[tokio::test]
async fn a_dismissal_clears_the_overview_and_keeps_the_pattern_quiet() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let mut overview = diana.stream("/live?view=overview").await;
    until(&mut overview, "1\u{a0}site needs action.").await;

    let fields = [("why", "roof_work"), ("text", ""), ("teaches", "true")];
    assert_eq!(diana.post(&place("dismiss"), &fields).await.status, 303);
    until(&mut overview, "on track.").await;
    let again = Uuid::from_u128(ID.as_u128() + 1);
    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 30));
    tell(&app, again, site(&app, "alpha"), raised).await;

    let page = diana.get("/sites/alpha").await.text;
    assert!(page.contains("Kept quiet here"));
    assert!(page.contains("Known, kept quiet"));
    assert!(!diana.get("/overview").await.text.contains("needs action."));
    let card = diana.get("/scorecard").await.text;
    assert!(card.contains("People dismissed 1, "));
    assert!(card.contains("Known and kept quiet: 1."));
}

#[tokio::test]
async fn planned_work_is_planned_and_taken_back() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let plan = [
        ("from", "2026-06-12T08:00"),
        ("to", "2026-06-12T20:00"),
        ("text", "New roof"),
        ("whole_region", "true"),
    ];

    let planned = diana.post("/sites/alpha/maintenance", &plan).await;
    let page = diana.get("/sites/beta").await.text;
    let overview = diana.get("/overview").await.text;

    assert_eq!(planned.status, 303, "{}", planned.text);
    assert!(page.contains("<b>New roof</b>"));
    assert!(overview.contains("No site needs action."));
    let cancel = page.split("action=\"").find(|form| form.contains("/cancel\"")).unwrap();
    let cancel = cancel.split('"').next().unwrap().to_owned();
    assert_eq!(diana.post(&cancel, &[]).await.status, 303);
    assert!(diana.get("/overview").await.text.contains("site needs action."));
    assert_eq!(diana.post(&cancel, &[]).await.status, 404);
}

#[tokio::test]
async fn every_page_that_shows_an_anomaly_begins_its_stream_with_the_same() {
    let app = with_outage().await;

    for role in [Role::Ops, Role::Cs] {
        let mut browser = app.signed_in(role).await;
        let paths = [
            "/sites/alpha".to_owned(),
            format!("/sites/alpha?anomaly={ID}"),
            "/overview".to_owned(),
            "/scorecard".to_owned(),
            "/scorecard?days=365".to_owned(),
        ];
        for path in paths.iter().take(if role == Role::Ops { 5 } else { 2 }) {
            let page = browser.get(path).await.text;
            let patch = first_patch(&mut browser.stream(&stream_of(&page)).await).await;

            assert!(page.contains(&patch), "{path} as {role:?}: the patch differs from the page");
        }
    }
}

#[tokio::test]
async fn whoever_looks_sees_what_others_do() {
    let app = with_outage().await;
    let mut carla = app.signed_in(Role::Cs).await;
    let mut page = carla.stream("/live?view=site&site=alpha").await;
    until(&mut page, "id=\"case\"").await;

    let mut diana = app.signed_in(Role::Ops).await;
    diana.post(&place("note"), &[("text", "Rui drives there at noon.")]).await;
    until(&mut page, "Rui drives there at noon.").await;
    let withdrawn = AnomalyNews::Withdrawn("The counter has caught up.".to_owned());
    tell(&app, ID, site(&app, "alpha"), withdrawn).await;

    until(&mut page, "The counter has caught up.").await;
}

#[tokio::test]
async fn a_drawer_asks_for_its_chart_and_a_browser_is_led_to_the_case() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let place = format!("/sites/alpha/anomalies/{ID}");

    let plain = diana.get(&place).await;
    let patch = diana.clone().saying("datastar-request", "true").get(&place).await;

    assert_eq!(plain.status, 303);
    assert_eq!(plain.header("location"), format!("/sites/alpha?anomaly={ID}#case"));
    assert_eq!(patch.header("content-type"), "text/event-stream");
    assert!(patch.text.contains(&format!("id=\"evidence-{ID}\"")));
    assert!(patch.text.contains("data: mode replace"));
    assert!(patch.text.contains("class=\"chart\""));
}

#[tokio::test]
async fn a_recovery_shows_on_the_page_and_on_the_scorecard() {
    let app = with_outage().await;
    let mut diana = app.signed_in(Role::Ops).await;
    let mut over = seen(AnomalyKind::Outage, 0);
    over.until = Some(now() - SignedDuration::from_mins(10));

    tell(&app, ID, site(&app, "alpha"), AnomalyNews::Ended(over)).await;

    let page = diana.get(&format!("/sites/alpha?anomaly={ID}")).await.text.replace('\u{a0}', " ");
    assert!(page.contains("It makes <b>5.0 kWh a day</b> more than while it lasted."));
    assert!(diana.get("/scorecard").await.text.contains("1 of 1</span> were right"));
}
