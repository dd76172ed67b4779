use greengrid_app::monitoring::{AnomalyStore, AssessmentStore, PastStore};
use greengrid_app::testing::anomaly_suite::seen;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyKind, AnomalyNews, Assessment, Finding, MaintenanceScope,
    MaintenanceWindow, NextStep, Phase, Spark, Status,
};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use sqlx::PgPool;
use uuid::Uuid;

use super::{PgAnomalyStore, PgAssessmentStore, PgPastStore};
use crate::postgres::ingestion::tests::{noon, sites};
use crate::postgres::testing::TestDatabase;

/// So many minutes after noon.
fn minute(count: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(count)
}

fn assessment(site: greengrid_domain::fleet::SiteId, euros: i64) -> Assessment {
    let finding = (euros > 0).then(|| Finding {
        kind: AnomalyKind::Outage,
        since: noon(),
        lost: Energy::from_wh(12_000),
        lost_per_day: Energy::from_wh(50_000),
        money_per_day: Money { amount: Decimal::from(euros), currency: Currency::Eur },
        cause: "The inverter is off.".to_owned(),
        next_step: NextStep::SendTechnician,
    });
    Assessment {
        site,
        status: if euros > 0 { Status::ActToday } else { Status::OnTrack },
        finding,
        power_now: None,
        expected_now: None,
        energy_today: Energy::from_wh(euros),
        expected_today: Energy::from_wh(12_000),
        last_reading_at: Some(noon()),
        spark: Spark { from: noon(), actual: vec![Some(1)], expected: vec![7] },
        daily_index: vec![None],
    }
}

async fn person(pool: &PgPool, name: &str) -> UserId {
    sqlx::query_scalar::<_, Uuid>(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, $2 || '@example.test', $2, 'ops', '') returning id",
    )
    .bind(Uuid::now_v7())
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap()
    .into()
}

#[tokio::test]
async fn the_fleet_is_remembered_as_it_stood_with_who_looked_after_it() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let site = sites(&db.pool(), &["alpha"], "Europe/Berlin").await[0];
    let diana = person(&pool, "Diana").await;
    let store = PgAssessmentStore::new(pool.clone());
    store.save(minute(0), &[assessment(site, 0)], &[]).await.unwrap();
    store.save(minute(10), &[assessment(site, 40)], &[]).await.unwrap();
    store.set_owner(Initiator::System, site, Some(diana), minute(15)).await.unwrap();
    store.save(minute(20), &[assessment(site, 90)], &[]).await.unwrap();
    store.set_owner(Initiator::System, site, None, minute(25)).await.unwrap();
    store.save(minute(30), &[assessment(site, 0)], &[]).await.unwrap();

    let past = PgPastStore::new(pool);
    let at = async |count: i64| {
        let mut fleet = past.fleet(minute(count), 10).await.unwrap();
        fleet.sites.pop().map(|stored| {
            let money = stored.assessment.finding.map(|it| it.money_per_day.amount);
            (stored.assessment.status, money, stored.owner.map(|(_, name)| name))
        })
    };

    let (money, diana) = (|euros: i64| Some(Decimal::from(euros)), Some("Diana".to_owned()));
    assert_eq!(past.recorded_since().await.unwrap(), Some(minute(0)));
    assert_eq!(at(-1).await, None);
    assert_eq!(at(5).await, Some((Status::OnTrack, None, None)));
    assert_eq!(at(10).await, Some((Status::ActToday, money(40), None)));
    assert_eq!(at(19).await, Some((Status::ActToday, money(40), diana.clone())));
    assert_eq!(at(20).await, Some((Status::ActToday, money(90), diana)));
    assert_eq!(at(29).await, Some((Status::ActToday, money(90), None)));
    assert_eq!(at(60).await, Some((Status::OnTrack, None, None)));
}

#[tokio::test]
async fn what_changes_with_every_reading_makes_no_version() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["alpha"], "Europe/Berlin").await[0];
    let store = PgAssessmentStore::new(db.pool());
    for count in 0..5 {
        let mut seen = assessment(site, 40);
        seen.energy_today = Energy::from_wh(count * 1_000);
        store.save(minute(count), &[seen], &[]).await.unwrap();
    }

    let versions: i64 = sqlx::query_scalar("select count(*) from overview_past")
        .fetch_one(&db.pool())
        .await
        .unwrap();

    assert_eq!(versions, 1);
}

#[tokio::test]
async fn an_anomaly_is_remembered_in_each_of_its_phases() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let site = sites(&db.pool(), &["alpha"], "Europe/Berlin").await[0];
    let (diana, rui) = (person(&pool, "Diana").await, person(&pool, "Rui").await);
    let store = PgAnomalyStore::new(pool.clone());
    let id = Uuid::from_u128(7).into();
    let tell = async |count: i64, news| {
        let change = AnomalyChange { anomaly: id, site, at: minute(count), news };
        store.record(&[change]).await.unwrap();
    };
    tell(0, AnomalyNews::Raised(seen(AnomalyKind::Outage, 0))).await;
    store.act(diana, id, minute(10), &Action::Acknowledge, None).await.unwrap();
    store.act(diana, id, minute(20), &Action::Assign(rui), None).await.unwrap();
    tell(30, AnomalyNews::Withdrawn("The readings came late.".to_owned())).await;

    let past = PgPastStore::new(pool);
    let at = async |count: i64| {
        let fleet = past.fleet(minute(count), 10).await.unwrap();
        let phase = |record: &greengrid_app::monitoring::AnomalyRecord| {
            (record.life.phase(minute(count)), record.assigned_name.clone())
        };
        fleet.active.first().map(phase)
    };

    assert_eq!(at(-1).await, None);
    assert_eq!(at(5).await, Some((Phase::Open, None)));
    assert_eq!(at(10).await, Some((Phase::Acknowledged, None)));
    assert_eq!(at(29).await, Some((Phase::Assigned, Some("Rui".to_owned()))));
    assert_eq!(at(30).await, None);
}

#[tokio::test]
async fn work_that_was_cancelled_later_is_remembered() {
    let db = TestDatabase::from_template().await;
    let pool = db.pool();
    let site = sites(&db.pool(), &["alpha"], "Europe/Berlin").await[0];
    let diana = person(&pool, "Diana").await;
    PgAssessmentStore::new(pool.clone())
        .save(minute(0), &[assessment(site, 0)], &[])
        .await
        .unwrap();
    let anomalies = PgAnomalyStore::new(pool.clone());
    let id = Uuid::from_u128(5).into();
    let scope = MaintenanceScope::Site(site);
    let why = "New roof".parse().unwrap();
    let window = MaintenanceWindow::new(id, scope, minute(10), minute(600), why).unwrap();
    anomalies.plan(diana, &window).await.unwrap();
    anomalies.cancel(diana, id, minute(60)).await.unwrap();

    let past = PgPastStore::new(pool);
    let before = past.fleet(minute(59), 1).await.unwrap();
    let after = past.fleet(minute(60), 1).await.unwrap();

    assert_eq!((before.windows, after.windows), (vec![window], vec![]));
    assert_eq!(anomalies.windows(minute(59)).await.unwrap(), []);
}
