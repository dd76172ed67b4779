use greengrid_app::monitoring::AnomalyStore;
use greengrid_app::monitoring::alerts::AlertStore;
use greengrid_app::monitoring::handover::{HandoverStore, Turn};
use greengrid_app::testing::anomaly_suite::{anomaly, minute, news, seen, until};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::alert::{AlertChange, AlertSilence};
use greengrid_domain::monitoring::{
    Action, AnomalyEvent, AnomalyKind, AnomalyNews, MaintenanceScope, MaintenanceWindow,
};
use greengrid_domain::observability::Initiator;
use sqlx::PgPool;
use uuid::Uuid;

use super::{PgAlertStore, PgAnomalyStore, PgHandoverStore};
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

async fn diana(pool: &PgPool) -> UserId {
    sqlx::query_scalar::<_, Uuid>(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, 'diana@example.test', 'Diana', 'ops', '') returning id",
    )
    .bind(Uuid::now_v7())
    .fetch_one(pool)
    .await
    .unwrap()
    .into()
}

fn told(turns: Vec<Turn>) -> Vec<(AnomalyEvent, Option<String>)> {
    turns.into_iter().map(|turn| (turn.event, turn.by)).collect()
}

#[tokio::test]
async fn a_handover_tells_what_happened_within_its_time_and_who_did_it() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["alpha"], "UTC").await[0];
    let person = diana(&db.pool()).await;
    let (anomalies, store) = (PgAnomalyStore::new(db.pool()), PgHandoverStore::new(db.pool()));
    let outage = || seen(AnomalyKind::Outage, 0);
    anomalies.record(&[news(1, site, 10, AnomalyNews::Raised(outage()))]).await.unwrap();
    let act = Action::Acknowledge;
    anomalies.act(person, anomaly(1), minute(20), &act, None).await.unwrap();
    let mut otherwise = until(outage(), 30);
    otherwise.finding.cause = "Somebody switched it off.".to_owned();
    let ended = AnomalyNews::Ended(otherwise);
    anomalies.record(&[news(1, site, 40, ended)]).await.unwrap();

    let whole = store.turns(None, minute(0), minute(60), 100).await.unwrap();
    let part = store.turns(None, minute(10), minute(20), 100).await.unwrap();
    let last = store.turns(None, minute(0), minute(60), 1).await.unwrap();
    let elsewhere = "north".parse().unwrap();
    let none = store.turns(Some(&elsewhere), minute(0), minute(60), 100).await.unwrap();

    let acknowledged = (AnomalyEvent::Acknowledged, Some("Diana".to_owned()));
    assert_eq!(
        told(whole),
        [(AnomalyEvent::Raised, None), acknowledged.clone(), (AnomalyEvent::Ended, None)]
    );
    let cause = part[0].cause.clone();
    assert_eq!(told(part), [acknowledged]);
    assert_eq!(told(last), [(AnomalyEvent::Ended, None)]);
    assert_eq!(none, []);
    assert_eq!(cause, outage().finding.cause, "as it stood at the end of the time");
}

#[tokio::test]
async fn it_tells_what_was_changed_about_alerts_by_the_region_it_concerns() {
    let db = TestDatabase::from_template().await;
    sites(&db.pool(), &["alpha"], "UTC").await;
    let person = Initiator::User(diana(&db.pool()).await);
    let (alerts, store) = (PgAlertStore::new(db.pool()), PgHandoverStore::new(db.pool()));
    let silence = |number, region: Option<&str>| AlertSilence {
        id: Uuid::from_u128(number).into(),
        kind: Some(AnomalyKind::Outage),
        region: region.map(|region| region.parse().unwrap()),
        brand: None,
        from: minute(10),
        until: minute(200),
        why: "Grid works".parse().unwrap(),
    };
    alerts.silence(person, &silence(1, Some("middle"))).await.unwrap();
    alerts.silence(Initiator::System, &silence(2, None)).await.unwrap();
    let ended = alerts.unsilence(person, Uuid::from_u128(1).into(), minute(30)).await.unwrap();
    assert!(ended);

    let told = async |region: Option<&str>, since| {
        let region = region.map(|region| region.parse().unwrap());
        let deeds = store.alert_deeds(region.as_ref(), minute(since), minute(60), 9).await.unwrap();
        deeds.into_iter().map(|it| (it.event, it.what, it.by)).collect::<Vec<_>>()
    };

    let (begun, ended) = (AlertChange::SilenceBegun, AlertChange::SilenceEnded);
    let (middle, all) = ("Outage · middle".to_owned(), "Outage".to_owned());
    let by = Some("Diana".to_owned());
    let first = [
        (begun, middle.clone(), by.clone()),
        (begun, all.clone(), None),
        (ended, middle.clone(), by.clone()),
    ];
    assert_eq!(told(None, 0).await, first);
    assert_eq!(told(Some("middle"), 0).await, first);
    assert_eq!(told(Some("north"), 0).await, [(begun, all, None)]);
    assert_eq!(told(None, 10).await, [(ended, middle, by)]);
}

#[tokio::test]
async fn it_tells_what_comes_back_and_what_is_planned() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["alpha"], "UTC").await[0];
    let person = diana(&db.pool()).await;
    let (anomalies, store) = (PgAnomalyStore::new(db.pool()), PgHandoverStore::new(db.pool()));
    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    anomalies.record(&[news(1, site, 10, raised)]).await.unwrap();
    let later = Action::Snooze { until: minute(90) };
    anomalies.act(person, anomaly(1), minute(20), &later, None).await.unwrap();
    let window = MaintenanceWindow::new(
        Uuid::from_u128(5).into(),
        MaintenanceScope::Site(site),
        minute(60),
        minute(120),
        "New roof".parse().unwrap(),
    );
    anomalies.plan(person, &window.unwrap()).await.unwrap();

    let soon = store.put_off(None, minute(30), minute(100)).await.unwrap();
    let later = store.put_off(None, minute(30), minute(80)).await.unwrap();
    let work = store.work(None, minute(30), minute(100)).await.unwrap();

    assert_eq!((soon.len(), later.len()), (1, 0));
    assert_eq!(work[0].by.as_deref(), Some("Diana"));
    assert_eq!(work[0].site.as_ref().unwrap().0.as_str(), "alpha");
    assert_eq!(store.work(None, minute(120), minute(200)).await.unwrap(), []);
}
