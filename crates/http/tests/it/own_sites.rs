//! What the owner of a site sees, shares and is written.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use greengrid_app::clock::Clock;
use greengrid_app::customer::{NoticeRounds, UnsubscribeKey};
use greengrid_app::messages::Links;
use greengrid_app::monitoring::{AnomalyStore, Monitoring};
use greengrid_app::testing::FixedClock;
use greengrid_app::testing::anomaly_suite::seen;
use greengrid_domain::customer::NoticeKind;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{Role, User};
use greengrid_domain::monitoring::{AnomalyChange, AnomalyKind, AnomalyNews};
use greengrid_domain::observability::Initiator;
use greengrid_infra::postgres::customer::{PgHistoryStore, PgNoticeStore};
use greengrid_infra::postgres::monitoring::{
    PgAnomalyStore, PgAssessmentStore, PgPastStore, PgReadModels,
};
use http_body_util::BodyExt;
use tokio::time::timeout;
use uuid::Uuid;

use crate::live::{first_patch, judge, stream_of};
use crate::streams::until;
use crate::support::{App, Browser, PASSWORD, SECRET};

/// `alpha` and `beta` with an owner each, both judged, with two years of days.
pub(crate) struct Owned {
    pub(crate) app: App,
    pub(crate) owner: User,
    pub(crate) other: User,
}

pub(crate) async fn owned() -> Owned {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    let (owner, other) = (app.user(Role::Customer).await, app.user(Role::Customer).await);
    for (code, user) in [("alpha", &owner), ("beta", &other)] {
        app.directory.store().share(Initiator::System, site(&app, code), user.id).await.unwrap();
        judge(&app, code, "The inverter is off.").await;
        days(&app, code).await;
    }
    Owned { app, owner, other }
}

pub(crate) fn site(app: &App, code: &str) -> SiteId {
    app.directory.snapshot().site_by_code(&code.parse().unwrap()).unwrap().id
}

/// Two years of days up to the program's day, rising to the end.
async fn days(app: &App, code: &str) {
    sqlx::query(
        "insert into site_day (site_id, day, energy_wh, peak_power_w, covered_s, valid, incomplete,
                               inconsistent, corrections)
         select id, date '2026-06-12' - n, 30000 - 10 * n, 5000, 86400, 288, 0, 0, 0
         from site, generate_series(0, 729) n where code = $1",
    )
    .bind(code)
    .execute(&app.db.pool())
    .await
    .unwrap();
}

pub(crate) async fn browser_of(app: &App, user: &User) -> Browser {
    let mut browser = app.browser();
    let answer = browser.sign_in(user.email.as_str(), PASSWORD).await;
    assert_eq!(answer.status, 303);
    browser
}

/// Letters in the order in which they were written: to whom, subject, text,
/// and the address that stops them.
async fn letters(app: &App) -> Vec<(String, String, String, Option<String>)> {
    sqlx::query_as("select recipient, subject, body_text, unsubscribe from mail_letter order by id")
        .fetch_all(&app.db.pool())
        .await
        .unwrap()
}

/// What comes until a stream ends, which it does within two seconds.
async fn to_the_end(stream: Body) -> String {
    let rest = timeout(Duration::from_secs(2), stream.collect()).await.expect("an end");
    String::from_utf8_lossy(&rest.unwrap().to_bytes()).into_owned()
}

#[tokio::test]
async fn the_only_site_is_the_home_and_its_stream_begins_with_it() {
    let Owned { app, owner, .. } = owned().await;
    let mut browser = browser_of(&app, &owner).await;

    for path in ["/my", "/my/alpha?span=year", "/my/alpha?span=day&at=2026-03-29"] {
        let page = browser.get(path).await.text;
        let patch = first_patch(&mut browser.stream(&stream_of(&page)).await).await;

        assert!(page.contains("alpha"), "{path}");
        assert!(page.contains(&patch), "{path}: the patch differs from the page");
    }
}

#[tokio::test]
async fn history_comes_as_table_and_as_file_with_the_year_before() {
    let Owned { app, owner, .. } = owned().await;
    let mut browser = browser_of(&app, &owner).await;

    let page = browser.get("/my/alpha").await.text.replace('\u{a0}', " ");
    let file = browser.get("/my/alpha/history.csv?span=year&at=2025-07-01").await;

    assert!(page.contains("June 2026: 359 kWh made"));
    assert!(page.contains("On the 11 days that can be compared"));
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("alpha-year-2025-01-01-2025-12-31.csv"));
    let lines: Vec<&str> = file.text.lines().collect();
    assert_eq!(lines.len(), 13);
    assert!(lines[1].starts_with("alpha,2025-01,"), "{}", lines[1]);
    assert!(lines[12].ends_with(",0"), "{}", lines[12]);
}

#[tokio::test]
async fn a_price_that_cannot_be_changes_nothing_and_a_good_one_counts() {
    let Owned { app, owner, .. } = owned().await;
    let mut browser = browser_of(&app, &owner).await;

    let refused = browser
        .post("/my/alpha/worth", &[("bought", "-1"), ("fed_in", "0.08"), ("self_use", "30")])
        .await;
    let kept = browser
        .post("/my/alpha/worth", &[("bought", "0,40"), ("fed_in", "0.1"), ("self_use", "50")])
        .await;
    let page = browser.get("/my/alpha").await.text.replace('\u{a0}', " ");

    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("value=\"-1\"") && refused.text.contains("aria-invalid"));
    assert_eq!((kept.status.as_u16(), kept.header("location")), (303, "/my/alpha#worth"));
    assert!(page.contains("€0.40 per kWh") && page.contains("as stated by an owner"));
}

#[tokio::test]
async fn a_known_person_gets_the_site_and_a_letter_and_loses_it_with_their_streams() {
    let Owned { app, owner, other } = owned().await;
    let mut mine = browser_of(&app, &owner).await;
    let mut theirs = browser_of(&app, &other).await;
    let mut home = theirs.stream("/live?view=own_sites").await;
    assert!(!until(&mut home, "</main>").await.contains("/my/alpha"));

    let fields = [("email", other.email.as_str()), ("role", "viewer")];
    let shared = mine.post("/my/alpha/people", &fields).await;
    until(&mut home, "/my/alpha").await;
    let list = theirs.get("/my").await;
    let mut page = theirs.stream("/live?view=own_site&site=alpha").await;
    until(&mut page, "</main>").await;
    let denied = theirs
        .post("/my/alpha/worth", &[("bought", "0.4"), ("fed_in", "0.1"), ("self_use", "50")])
        .await;
    let removed = mine.post(&format!("/my/alpha/people/{}/remove", other.id), &[]).await;

    assert_eq!((shared.status.as_u16(), shared.header("location")), (303, "/my/alpha/people"));
    assert!(list.text.contains("href=\"/my/alpha\"") && list.text.contains("href=\"/my/beta\""));
    assert_eq!(denied.status, 403);
    assert_eq!(removed.status, 303);
    assert!(to_the_end(page).await.contains("window.location.assign('/')"));
    let news = until(&mut home, "data: elements");
    let after = timeout(Duration::from_secs(2), news).await.expect("news");
    assert!(!after.contains("/my/alpha"));
    assert_eq!(theirs.get("/my/alpha").await.status, 404);
    let letters = letters(&app).await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].0, other.email.as_str());
    assert!(letters[0].2.contains("http://localhost/my/alpha"));
    let trail: Vec<String> = sqlx::query_scalar(
        "select action from audit_entry where action like '%share_site' and initiator_id = $1
         order by id",
    )
    .bind(Uuid::from(owner.id))
    .fetch_all(&app.db.pool())
    .await
    .unwrap();
    assert_eq!(trail, ["share_site", "unshare_site"]);
}

#[tokio::test]
async fn somebody_new_follows_a_link_and_sees_the_site() {
    let Owned { app, owner, .. } = owned().await;
    let mut mine = browser_of(&app, &owner).await;

    let fields = [("email", "Mother+Roof@example.org"), ("role", "owner")];
    mine.post("/my/alpha/people", &fields).await;
    let text = letters(&app).await.remove(0).2;
    let path = text.lines().find(|line| line.contains("/invitation/")).unwrap();
    let path = path.strip_prefix("http://localhost").unwrap();
    let mut theirs = app.browser();
    theirs.post(path, &[("name", "Marta"), ("password", PASSWORD)]).await;

    assert!(theirs.get("/my").await.text.contains("alpha"));
    let people = theirs.get("/my/alpha/people").await.text.replace('\u{a0}', " ");
    assert!(people.contains("2 people see this site"));
    // Now that there are two owners, the first may go.
    assert_eq!(mine.post(&format!("/my/alpha/people/{}/remove", owner.id), &[]).await.status, 303);
    assert_eq!(mine.get("/my/alpha").await.status, 404);
}

#[tokio::test]
async fn a_site_keeps_an_owner_and_bad_addresses_come_back_as_typed() {
    let Owned { app, owner, .. } = owned().await;
    let mut mine = browser_of(&app, &owner).await;

    let alone = mine.post(&format!("/my/alpha/people/{}/remove", owner.id), &[]).await;
    let typed = mine.post("/my/alpha/people", &[("email", "not an address")]).await;
    let again =
        mine.post("/my/alpha/people", &[("email", owner.email.as_str()), ("role", "owner")]).await;

    assert_eq!(alone.status, 409);
    assert!(alone.text.contains("They are the only owner"));
    assert_eq!(typed.status, 422);
    assert!(typed.text.contains("value=\"not an address\""));
    assert_eq!(again.status, 409);
    assert!(again.text.contains("They see this site already."));
    assert!(letters(&app).await.is_empty());
}

/// Rounds of letters by a clock of their own.
fn rounds(app: &App, now: &str) -> NoticeRounds {
    let pool = app.db.pool();
    let clock: Arc<dyn Clock> = Arc::new(FixedClock::at(now.parse().unwrap()));
    let monitoring = Monitoring::builder()
        .directory(app.directory.clone())
        .read_models(Arc::new(PgReadModels::new(pool.clone())))
        .assessments(Arc::new(PgAssessmentStore::new(pool.clone())))
        .anomalies(Arc::new(PgAnomalyStore::new(pool.clone())))
        .past(Arc::new(PgPastStore::new(pool.clone())))
        .clock(Arc::clone(&clock))
        .build();
    NoticeRounds::builder()
        .monitoring(monitoring)
        .directory(app.directory.clone())
        .history(Arc::new(PgHistoryStore::new(pool.clone())))
        .store(Arc::new(PgNoticeStore::new(pool)))
        .clock(clock)
        .links(Links::under("http://localhost"))
        .key(UnsubscribeKey::derived(SECRET.as_bytes()))
        .build()
}

#[tokio::test]
async fn a_fault_that_lasts_is_told_once_to_those_who_want_it() {
    let Owned { app, owner, .. } = owned().await;
    let raised = AnomalyChange {
        anomaly: Uuid::from_u128(7).into(),
        site: site(&app, "alpha"),
        at: "2026-06-12T08:40:00Z".parse().unwrap(),
        news: AnomalyNews::Raised(seen(AnomalyKind::Outage, 0)),
    };
    PgAnomalyStore::new(app.db.pool()).record(&[raised]).await.unwrap();

    let told = async || {
        let letters = letters(&app).await;
        letters.into_iter().filter(|letter| letter.1.contains("loses about")).collect::<Vec<_>>()
    };

    rounds(&app, "2026-06-12T08:50:00Z").run().await.unwrap();
    rounds(&app, "2026-06-12T22:50:00Z").run().await.unwrap();
    let too_early = told().await.len();
    // Two at the same instant, and again later.
    let (one, two) = (rounds(&app, "2026-06-13T12:00:00Z"), rounds(&app, "2026-06-13T12:00:00Z"));
    let (one, two) = tokio::join!(one.run(), two.run());
    rounds(&app, "2026-06-14T13:00:00Z").run().await.unwrap();

    let faults = told().await;
    assert_eq!((too_early, one.is_ok(), two.is_ok(), faults.len()), (0, true, true, 1));
    let (to, subject, text, unsubscribe) = &faults[0];
    assert_eq!(to, owner.email.as_str());
    assert!(subject.contains("24.0 kWh a day"), "{subject}");
    assert!(text.contains("Your system makes nothing, although there is light enough."));
    assert!(text.contains("By when:"));
    assert!(unsubscribe.as_ref().unwrap().starts_with("http://localhost/unsubscribe/"));
}

#[tokio::test]
async fn a_month_is_summed_up_once_by_the_sites_clocks() {
    let Owned { app, .. } = owned().await;

    let before = rounds(&app, "2026-06-01T05:00:00Z").run().await.unwrap();
    let first = rounds(&app, "2026-06-01T07:00:00Z").run().await.unwrap();
    let again = rounds(&app, "2026-06-03T07:00:00Z").run().await.unwrap();

    let told: Vec<_> =
        letters(&app).await.into_iter().filter(|letter| letter.1.contains("in May 2026")).collect();
    assert_eq!((before, told.len()), (0, 2), "{first} {again}");
    assert!(told[0].2.contains("more than in the year before."), "{}", told[0].2);
    assert!(told[0].2.contains("assuming that you use 30 % of it yourself"));
}

#[tokio::test]
async fn the_best_day_of_a_year_is_told_at_most_every_two_weeks() {
    let Owned { app, .. } = owned().await;
    let best = async |app: &App| {
        let told = letters(app).await;
        told.iter().filter(|letter| letter.1.contains("the best day of the year")).count()
    };

    // Every day is better than the one before it.
    rounds(&app, "2026-05-20T07:00:00Z").run().await.unwrap();
    rounds(&app, "2026-05-21T07:00:00Z").run().await.unwrap();
    let within = best(&app).await;
    rounds(&app, "2026-06-10T07:00:00Z").run().await.unwrap();

    assert_eq!(within, 2);
    assert_eq!(best(&app).await, 4);
}

#[tokio::test]
async fn one_click_stops_a_kind_of_letter_without_signing_in_and_looking_does_not() {
    let Owned { app, owner, .. } = owned().await;
    let key = UnsubscribeKey::derived(SECRET.as_bytes());
    let path = format!("/unsubscribe/{}", key.token(owner.id, NoticeKind::MonthlySummary));
    // As a mail program sends it: no cookie, no origin (RFC 8058).
    let mut program = app.browser().saying("sec-fetch-site", "");

    let looked = app.browser().get(&path).await;
    let unchanged = browser_of(&app, &owner).await.get("/account/notices").await.text;
    let altered = program.post(&path.replace("monthly_summary", "fault"), &[]).await;
    let stopped = program.post(&path, &[("List-Unsubscribe", "One-Click")]).await;
    let repeated = program.post(&path, &[("List-Unsubscribe", "One-Click")]).await;
    rounds(&app, "2026-06-01T07:00:00Z").run().await.unwrap();

    assert_eq!((looked.status.as_u16(), altered.status.as_u16()), (200, 404));
    assert!(unchanged.contains("value=\"monthly_summary\" checked"));
    assert_eq!((stopped.status.as_u16(), repeated.status.as_u16()), (200, 200));
    assert!(!looked.text.contains(owner.email.as_str()));
    let mut browser = browser_of(&app, &owner).await;
    let page = browser.get("/account/notices").await.text;
    assert!(
        page.contains("value=\"fault\" checked") && page.contains("value=\"monthly_summary\" aria")
    );
    assert!(
        !letters(&app)
            .await
            .iter()
            .any(|letter| letter.0 == owner.email.as_str() && letter.1.contains("in May 2026"))
    );
    browser.post("/account/notices", &[("wanted", "monthly_summary")]).await;
    let page = browser.get("/account/notices").await.text;
    assert!(
        page.contains("value=\"monthly_summary\" checked") && page.contains("value=\"fault\" aria")
    );
}
