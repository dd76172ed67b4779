//! Alert rules, as operations keeps them, and what they send.

use greengrid_app::monitoring::AnomalyStore;
use greengrid_app::testing::anomaly_suite::seen;
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::{AnomalyChange, AnomalyKind, AnomalyNews};
use greengrid_infra::postgres::monitoring::PgAnomalyStore;
use jiff::Timestamp;
use uuid::Uuid;

use crate::support::{App, Browser};

/// An hour before the moment at which the program's clock stands.
fn earlier() -> Timestamp {
    "2026-06-12T07:40:00Z".parse().unwrap()
}

pub(crate) const RULE: [(&str, &str); 8] = [
    ("name", "Outages <north>"),
    ("severity", "act_today"),
    ("least", "0"),
    ("lasting", "0"),
    ("gather", "5"),
    ("to", "diana@example.org\nrui@example.org"),
    ("enabled", "true"),
    ("kind", "outage"),
];

pub(crate) async fn raise(app: &App, number: u128, code: &str) {
    let site = app.directory.snapshot().site_by_code(&code.parse().unwrap()).unwrap().id;
    let news = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    let anomaly = Uuid::from_u128(number).into();
    let change = AnomalyChange { anomaly, site, at: earlier(), news };
    PgAnomalyStore::new(app.db.pool()).record(&[change]).await.unwrap();
}

async fn with_rule(fields: &[(&str, &str)]) -> (App, Browser) {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let made = ops.post("/alerts/new", fields).await;
    assert_eq!(made.status, 303, "{}", made.text);
    (app, ops)
}

#[tokio::test]
async fn a_rule_is_kept_changed_and_taken_away_by_plain_forms() {
    let (_app, mut ops) = with_rule(&RULE).await;

    let list = ops.get("/alerts").await.text;
    let from = list.find("href=\"/alerts/0").unwrap() + 6;
    let there = list[from..].split('"').next().unwrap().to_owned();
    let form = ops.get(&there).await.text;
    let mut changed = RULE.to_vec();
    changed[0] = ("name", "Another name");
    let saved = ops.post(&there, &changed).await;
    let renamed = ops.get("/alerts").await.text;
    let removed = ops.post(&format!("{there}/remove"), &[]).await;

    assert!(list.contains("Outages &lt;north&gt;") && list.contains("1\u{a0}rule tells"));
    assert!(form.contains("diana@example.org\nrui@example.org"));
    assert_eq!((saved.status.as_u16(), removed.status.as_u16()), (303, 303));
    assert!(renamed.contains("Another name"));
    assert!(ops.get("/alerts").await.text.contains("There is no rule yet."));
    assert_eq!(ops.post(&there, &RULE).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_is_told_beside_its_field_and_what_was_typed_stays() {
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let mut wrong = RULE.to_vec();
    wrong[2] = ("least", "a lot");
    wrong[5] = ("to", "nobody");
    wrong.push(("quiet_from", "22"));

    let answer = ops.post("/alerts/new", &wrong).await;

    assert_eq!(answer.status, 422);
    for said in ["“a lot” is no number", "“nobody”", "write both hours or none", "value=\"a lot\""]
    {
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_rule_that_would_flood_is_saved_only_when_that_is_meant() {
    let app = App::start().await;
    app.sites(["alpha"]).await;
    for number in 1..=25 {
        raise(&app, number, "alpha").await;
    }
    let mut ops = app.signed_in(Role::Ops).await;
    let mut each = RULE.to_vec();
    each[4] = ("gather", "0");
    let with = |extra: (&'static str, &'static str)| [each.clone(), vec![extra]].concat();

    let previewed = ops.post("/alerts/new", &with(("do", "preview"))).await;
    let refused = ops.post("/alerts/new", &each).await;
    let meant = ops.post("/alerts/new", &with(("meant", "true"))).await;
    let calm = ops.post("/alerts/new", &[RULE.to_vec(), vec![("do", "preview")]].concat()).await;

    assert!(previewed.text.contains("That is a flood"), "{}", previewed.text);
    assert_eq!((refused.status.as_u16(), meant.status.as_u16()), (422, 303));
    assert!(refused.text.contains("Save although it would flood"));
    assert!(!calm.text.contains("That is a flood"));
}

#[tokio::test]
async fn an_anomaly_is_told_once_to_each_reader_whoever_looks_how_often() {
    let (app, mut ops) = with_rule(&RULE).await;
    raise(&app, 1, "alpha").await;
    raise(&app, 2, "beta").await;

    let (one, other) = tokio::join!(app.alerts.tell_due(), app.alerts.tell_due());
    let again = app.alerts.tell_due().await.unwrap();

    assert_eq!((one.unwrap() + other.unwrap(), again), (1, 0));
    let mailbox = ops.get("/mailbox").await.text;
    assert_eq!(mailbox.matches("2 anomalies").count(), 2, "{mailbox}");
    assert!(ops.get("/alerts").await.text.contains("Told"));
}

#[tokio::test]
async fn a_silence_holds_what_is_due_until_somebody_ends_it() {
    let (app, mut ops) = with_rule(&RULE).await;
    let begun = ops
        .post("/alerts/silences", &[("kind", "outage"), ("hours", "8"), ("why", "Grid works")])
        .await;
    assert_eq!(begun.status, 303);
    raise(&app, 1, "alpha").await;

    let silenced = app.alerts.tell_due().await.unwrap();
    let page = ops.get("/alerts").await.text;
    let from = page.find("/alerts/silences/0").unwrap();
    let end = page[from..].split('"').next().unwrap().to_owned();
    let ended = ops.post(&end, &[]).await;
    let told = app.alerts.tell_due().await.unwrap();

    assert!(page.contains("Grid works") && page.contains("silenced"));
    assert_eq!((silenced, ended.status.as_u16(), told), (0, 303, 1));
    assert_eq!(ops.post(&end, &[]).await.status, 409);
    let endless = [("hours", "9999"), ("why", "x")];
    assert_eq!(ops.post("/alerts/silences", &endless).await.status, 422);
}

#[tokio::test]
async fn an_inhibition_is_made_changed_and_taken_away_by_plain_forms() {
    let app = App::start().await;
    app.sites(["alpha"]).await;
    let mut ops = app.signed_in(Role::Ops).await;
    let form = |why: &'static str, equal: &'static str| {
        vec![
            ("source_kind", "comm_gap"),
            ("target_kind", "outage"),
            ("target_brand", ""),
            (if equal.is_empty() { "none" } else { "equal" }, equal),
            ("i_why", why),
        ]
    };
    assert_eq!(ops.post("/alerts/inhibitions", &form("Silent", "site")).await.status, 303);
    let list = ops.get("/alerts").await.text;
    let from = list.find("/alerts/inhibitions/0").unwrap();
    let there = list[from..].split('"').next().unwrap().trim_end_matches("/end").to_owned();

    let page = ops.get(&there).await.text;
    let refused = ops.post(&there, &form("Still <silent>", "")).await;
    let saved = ops.post(&there, &form("Still silent", "region")).await;
    let after = ops.get("/alerts").await.text;
    let gone = ops.post(&format!("{there}/end"), &[]).await;

    assert!(page.contains("value=\"Silent\"") && page.contains("Change an inhibition"), "{page}");
    assert_eq!((refused.status.as_u16(), saved.status.as_u16()), (422, 303));
    assert!(refused.text.contains("Choose what both have in common"), "{}", refused.text);
    assert!(refused.text.contains("value=\"Still &lt;silent&gt;\""));
    assert!(after.contains("Still silent") && !after.contains("Nothing else keeps"));
    assert_eq!(gone.status, 303);
    assert_eq!(ops.get(&there).await.status, 404);
    assert_eq!(ops.post(&there, &form("Again", "site")).await.status, 404);
}
