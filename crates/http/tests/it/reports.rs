//! The morning report, and the overview of a past moment.

use greengrid_domain::identity::Role;
use jiff::Timestamp;

use crate::live::judge_at;
use crate::support::App;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A fleet with a site that lost money this morning, judged at the moment at
/// which the program's clock stands: 10:40 in Berlin.
async fn with_loss() -> App {
    let app = App::start().await;
    app.sites(["alpha", "beta"]).await;
    judge_at(&app, "alpha", "The inverter is off.", at("2026-06-12T08:39:00Z")).await;
    app
}

#[tokio::test]
async fn a_report_is_written_mailed_and_kept_as_it_was() {
    let app = with_loss().await;
    let mut ops = app.signed_in(Role::Ops).await;
    app.reports.write_due().await.unwrap();
    app.reports.write_due().await.unwrap();
    judge_at(&app, "alpha", "Another cause.", at("2026-06-12T08:40:00Z")).await;

    let list = ops.get("/reports").await.text;
    let from = list.find("/reports/").unwrap();
    let there = list[from..].split('"').next().unwrap().to_owned();
    let page = ops.get(&there).await;
    let mailbox = ops.get("/mailbox").await.text;

    assert_eq!(page.status, 200);
    assert!(page.text.contains("The inverter is off.") && !page.text.contains("Another cause."));
    assert_eq!(mailbox.matches("Morning report").count(), 1, "{mailbox}");
    assert_eq!(ops.get("/reports/nowhere/2026-06-12").await.status, 404);
    assert_eq!(ops.get("/reports/north/yesterday").await.status, 404);
}

#[tokio::test]
async fn customers_whose_onboarding_is_stuck_stand_in_the_report_and_its_letter() {
    let app = with_loss().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let begun = cs.post("/onboarding", &[("customer", "P. Hartley")]).await;
    let case = begun.header("location").to_owned();
    let why = "the installer is on holiday <until Monday>";
    cs.post(&format!("{case}/stuck"), &[("text", why)]).await;
    app.reports.write_due().await.unwrap();
    let mut ops = app.signed_in(Role::Ops).await;

    let list = ops.get("/reports").await.text;
    let there = list[list.find("/reports/").unwrap()..].split('"').next().unwrap().to_owned();
    let page = ops.get(&there).await.text;
    cs.post(&format!("{case}/free"), &[]).await;
    let kept = ops.get(&there).await.text;

    assert!(page.contains("Onboarding that is stuck") && page.contains(&case), "{page}");
    assert!(page.contains("the installer is on holiday &lt;until Monday&gt;"), "{page}");
    assert!(kept.contains("Onboarding that is stuck"), "the report is not kept as it was");
}

#[tokio::test]
async fn a_past_moment_is_shown_as_it_stood_says_so_and_offers_nothing_to_do() {
    let app = with_loss().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let moment = "2026-06-12T10:40";

    let page = ops.get(&format!("/overview?at={moment}&list=action")).await;

    assert_eq!(page.status, 200);
    assert!(page.text.contains("This is the past"), "{}", page.text);
    assert!(page.text.contains("The inverter is off."));
    assert!(page.text.contains("list=watch&amp;at=2026-06-12T10%3A40"));
    assert!(!page.text.contains("/take\"") && !page.text.contains("/live?"));
}

#[tokio::test]
async fn a_moment_that_is_not_known_is_asked_for_again_with_what_was_typed() {
    let app = with_loss().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let before = ops.get("/overview?at=2026-06-01T06:30").await;
    let ahead = ops.get("/overview?at=2027-01-01T00:00").await;
    let nonsense = ops.get("/overview?at=breakfast").await;

    assert_eq!((before.status.as_u16(), ahead.status.as_u16()), (422, 422));
    assert!(
        before.text.contains("has been kept since") && before.text.contains("2026-06-01T06:30")
    );
    assert!(ahead.text.contains("has not come yet") && ahead.text.contains("2027-01-01T00:00"));
    assert_eq!(nonsense.status, 200);
    assert!(nonsense.text.contains("There is no at “breakfast”"));
}

#[tokio::test]
async fn the_overview_offers_the_moment_of_the_newest_report_and_no_other_than_are_known() {
    let app = with_loss().await;
    let mut ops = app.signed_in(Role::Ops).await;
    let offered = |page: &str, name: &str| {
        let field = &page[page.find("name=\"at\"").unwrap()..];
        let from = field.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
        field[from..].split('"').next().unwrap().to_owned()
    };

    let before = ops.get("/overview").await.text;
    app.reports.write_due().await.unwrap();
    let after = ops.get("/overview").await.text;
    let value = offered(&after, "value");

    // The first judgement, and the clock of the program.
    assert_eq!(offered(&before, "value"), "2026-06-12T10:39");
    assert_eq!(
        (offered(&after, "min"), offered(&after, "max")),
        ("2026-06-12T10:39".to_owned(), "2026-06-12T10:40".to_owned())
    );
    assert_eq!(value, "2026-06-12T10:40");
    assert_eq!(ops.get(&format!("/overview?at={value}")).await.status, 200);
}

#[tokio::test]
async fn a_handover_tells_what_waits_since_the_last_report_and_leads_on() {
    let app = with_loss().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let first = ops.get("/handover").await.text;
    app.reports.write_due().await.unwrap();
    let after = ops.get("/handover").await.text;
    let overview = ops.get("/overview").await.text;

    assert!(first.contains("There is no report of the last days"), "{first}");
    assert!(
        after.contains("Since the last report") && after.contains("1\u{a0}site waits"),
        "{after}"
    );
    assert!(after.contains("The inverter is off.") && after.contains("view=handover"));
    assert_eq!(ops.get("/handover?region=nowhere").await.status, 404);
    assert!(overview.contains("href=\"/handover\"") && overview.contains("name=\"at\""));
}
