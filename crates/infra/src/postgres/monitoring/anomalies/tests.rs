use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_app::monitoring::{Acted, AnomalyStore};
use greengrid_app::testing::anomaly_suite::{
    AnomalyWorld, anomaly, anomaly_store_suite, minute, news, seen,
};
use greengrid_app::testing::site;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{Action, AnomalyKind, AnomalyNews, LifeError};
use greengrid_domain::observability::Initiator;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::PgAnomalyStore;
use crate::postgres::Notices;
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::testing::TestDatabase;

async fn sites(pool: &PgPool, many: i32) -> Vec<SiteId> {
    let new: Vec<NewSite> = (1..=many)
        .map(site)
        .map(|mut site| {
            site.details.zone = "UTC".parse().unwrap();
            NewSite { code: site.code, details: site.details, devices: Vec::new() }
        })
        .collect();
    PgSiteStore::new(pool.clone()).save(Initiator::System, &new).await.unwrap()
}

async fn person(pool: &PgPool, name: &str, role: &str) -> UserId {
    sqlx::query_scalar::<_, Uuid>(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, $2 || '@example.test', $2, $3, '') returning id",
    )
    .bind(Uuid::now_v7())
    .bind(name)
    .bind(role)
    .fetch_one(pool)
    .await
    .unwrap()
    .into()
}

#[tokio::test]
async fn postgres_keeps_to_the_contract() {
    let db = TestDatabase::from_template().await;
    let store = PgAnomalyStore::new(db.pool());
    let sites = sites(&db.pool(), 6).await;
    let people = [
        (person(&db.pool(), "Diana", "ops").await, "Diana".to_owned()),
        (person(&db.pool(), "Rui", "admin").await, "Rui".to_owned()),
    ];

    anomaly_store_suite(&AnomalyWorld { store: &store, sites, people }).await;
}

#[tokio::test]
async fn of_many_who_act_at_once_one_succeeds_and_leaves_one_entry() {
    let db = TestDatabase::from_template().await;
    let (store, site) = (PgAnomalyStore::new(db.pool()), sites(&db.pool(), 1).await[0]);
    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    store.record(&[news(1, site, 10, raised)]).await.unwrap();
    let diana = person(&db.pool(), "Diana", "ops").await;

    let all = futures::future::join_all(
        (0..8).map(|_| store.act(diana, anomaly(1), minute(11), &Action::Acknowledge, None)),
    )
    .await;

    let refused =
        all.iter().filter(|acted| matches!(acted, Ok(Acted::Refused(LifeError::AlreadySeen))));
    assert_eq!(refused.count(), 7);
    let audited: Vec<(String, String)> = sqlx::query_as(
        "select initiator_kind, action from audit_entry where subject = 'anomaly' order by id",
    )
    .fetch_all(&db.pool())
    .await
    .unwrap();
    let entry = |by: &str, action: &str| (by.to_owned(), action.to_owned());
    assert_eq!(audited, [entry("system", "raised"), entry("user", "acknowledged")]);
}

#[tokio::test]
async fn a_change_is_told_with_its_commit() {
    let db = TestDatabase::from_template().await;
    let (store, site) = (PgAnomalyStore::new(db.pool()), sites(&db.pool(), 1).await[0]);
    let stop = CancellationToken::new();
    let notices = Notices::listen(&db.pool(), stop.clone()).await.unwrap();
    let mut heard = notices.subscribe();

    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    store.record(&[news(1, site, 10, raised)]).await.unwrap();

    let mut told = Vec::new();
    while told.len() < 3 {
        if let Heard::Notice(Notice::Changed(topic)) = heard.recv().await.unwrap() {
            told.push(topic);
        }
    }
    assert_eq!(told, [Topic::Fleet, Topic::Scorecard, Topic::Site(site)]);
    stop.cancel();
}

#[tokio::test]
async fn only_those_who_may_handle_anomalies_are_of_the_crew() {
    let db = TestDatabase::from_template().await;
    let diana = person(&db.pool(), "Diana", "ops").await;
    person(&db.pool(), "Carla", "cs").await;
    let gone = person(&db.pool(), "Gone", "ops").await;
    sqlx::query_scalar::<_, Uuid>("update app_user set active = false where id = $1 returning id")
        .bind(Uuid::from(gone))
        .fetch_one(&db.pool())
        .await
        .unwrap();

    let crew = PgAnomalyStore::new(db.pool()).crew().await.unwrap();

    assert_eq!(crew, [(diana, "Diana".to_owned())]);
}
