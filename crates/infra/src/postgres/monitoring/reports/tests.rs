use greengrid_app::monitoring::StatusCounts;
use greengrid_app::monitoring::reports::{
    Kept, MorningReport, ReportIncident, ReportLine, ReportStore, StuckCase,
};
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::monitoring::{AnomalyKind, NextStep, Spark, Status};
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::PgReportStore;
use crate::postgres::ingestion::tests::{noon, sites};
use crate::postgres::testing::TestDatabase;

fn money(cents: i64) -> Money {
    Money { amount: Decimal::new(cents, 2), currency: Currency::Eur }
}

fn report(region: &str, day: Date) -> MorningReport {
    MorningReport {
        region: region.parse().unwrap(),
        region_name: "North & coast".to_owned(),
        day,
        zone: "Europe/Berlin".parse().unwrap(),
        due_at: noon(),
        made_at: noon(),
        counts: StatusCounts { act_today: 2, plan_visit: 1, no_data: 3, watch: 4, on_track: 50 },
        money_per_day: vec![money(14_001)],
        lost_per_day: Energy::from_wh(700_000),
        incidents: vec![ReportIncident {
            headline: "Fronius does not answer.".to_owned(),
            since: noon(),
            sites: 12,
            money_per_day: vec![money(500)],
        }],
        lines: vec![ReportLine {
            site: "alpha".parse().unwrap(),
            name: "Hill <Farm>".to_owned(),
            status: Status::ActToday,
            kind: AnomalyKind::Outage,
            cause: "The inverter is off.".to_owned(),
            since: noon(),
            lost_per_day: Energy::from_wh(50_000),
            money_per_day: money(1_050),
            next_step: NextStep::SendTechnician,
            owner: Some("Diana".to_owned()),
            is_new: true,
            spark: Spark { from: noon(), actual: vec![Some(1), None], expected: vec![7, 8, 9] },
        }],
        settled: vec![("beta".parse().unwrap(), "Beta".to_owned())],
        stuck: vec![StuckCase {
            case: uuid::Uuid::from_u128(7).into(),
            number: "S-1004".to_owned(),
            name: "Weir Cottage".to_owned(),
            reason: "the installer is on holiday".to_owned(),
            since: "2026-06-10T02:30:00Z".parse().unwrap(),
        }],
    }
}

fn letter() -> Letter {
    Letter::builder()
        .key("report")
        .to("diana@example.org".parse().unwrap())
        .kind(LetterKind::Report)
        .subject("Morning")
        .text("Good morning.")
        .build()
}

async fn store() -> (TestDatabase, PgReportStore, String) {
    let db = TestDatabase::from_template().await;
    sites(&db.pool(), &["alpha"], "Europe/Berlin").await;
    let region =
        sqlx::query_scalar("select code from region limit 1").fetch_one(&db.pool()).await.unwrap();
    let store = PgReportStore::new(db.pool());
    (db, store, region)
}

async fn letters(db: &TestDatabase) -> i64 {
    sqlx::query_scalar("select count(*) from mail_letter").fetch_one(&db.pool()).await.unwrap()
}

#[tokio::test]
async fn a_report_is_kept_as_it_was_and_mailed_once() {
    let (db, store, region) = store().await;
    let report = report(&region, date(2026, 6, 12));

    let kept = store.keep(&report, &[letter()]).await.unwrap();
    let again = store.keep(&MorningReport { lines: vec![], ..report.clone() }, &[]).await.unwrap();

    assert_eq!((kept, again), (Kept::New, Kept::Known));
    assert_eq!(store.find(&report.region, report.day).await.unwrap(), Some(report));
    assert_eq!(letters(&db).await, 1);
}

#[tokio::test]
async fn of_several_instances_at_half_past_six_one_writes_the_report() {
    let (db, store, region) = store().await;
    let report = report(&region, date(2026, 6, 12));
    let letters_of = |n: usize| {
        let mut letter = letter();
        letter.key = format!("report:{n}").into();
        vec![letter]
    };

    let kept = futures::future::join_all((0..6).map(|n| {
        let (store, report) = (store.clone(), report.clone());
        async move { store.keep(&report, &letters_of(n)).await.unwrap() }
    }))
    .await;

    assert_eq!(kept.iter().filter(|kept| **kept == Kept::New).count(), 1);
    assert_eq!(letters(&db).await, 1);
}

#[tokio::test]
async fn the_newest_of_a_region_is_found_and_older_ones_listed() {
    let (_db, store, region) = store().await;
    for day in [date(2026, 6, 10), date(2026, 6, 12), date(2026, 6, 11)] {
        store.keep(&report(&region, day), &[]).await.unwrap();
    }

    let newest = store.newest().await.unwrap();
    let older = store.list(Some(date(2026, 6, 12)), 10).await.unwrap();

    assert_eq!(newest.iter().map(|it| it.day).collect::<Vec<_>>(), [date(2026, 6, 12)]);
    let days: Vec<Date> = older.iter().map(|it| it.day).collect();
    assert_eq!(days, [date(2026, 6, 11), date(2026, 6, 10)]);
}
