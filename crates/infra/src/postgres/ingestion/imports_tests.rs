use greengrid_app::ingestion::{
    ImportProgress, ImportReject, ImportState, ImportStore, RejectCode,
};
use greengrid_domain::observability::Initiator;
use uuid::Uuid;

use super::PgImportStore;
use crate::postgres::testing::TestDatabase;

fn reject(file: &str, row: u32) -> ImportReject {
    ImportReject {
        file: file.to_owned(),
        row,
        field: Some("power_w".to_owned()),
        code: RejectCode::InvalidNumber,
        message: "power_w is “x”".to_owned(),
        line: "s,,x".to_owned(),
    }
}

#[tokio::test]
async fn an_import_is_followed_from_its_beginning_to_its_end() {
    let db = TestDatabase::from_template().await;
    let store = PgImportStore::new(db.pool());
    let id = Uuid::now_v7();
    let progress = ImportProgress {
        bytes_done: 50,
        sites: 2,
        accepted: 7,
        duplicates: 3,
        corrections: 1,
        rejected: 3,
    };

    store.begin(Initiator::CommandLine, id, "a.csv", 100).await.unwrap();
    let rejects = [reject("a.csv", 4), reject("b.csv", 1), reject("a.csv", 2)];
    let running = store.advance(id, &progress, &rejects).await.unwrap();
    let under_way = store.find(id).await.unwrap().unwrap();
    store.finish(id, None).await.unwrap();
    let late = store.advance(id, &ImportProgress::default(), &[]).await.unwrap();

    assert!(running && !late);
    assert_eq!((under_way.state, under_way.progress), (ImportState::Running, progress));
    let [done] = store.latest(5).await.unwrap().try_into().unwrap();
    assert_eq!((done.state, done.progress), (ImportState::Done, progress));
    assert_eq!((done.bytes_total, done.started_by), (100, None));
    assert!(done.finished_at.unwrap() >= done.started_at);
    let first = store.rejects(id, None, 2).await.unwrap();
    assert_eq!(first, [reject("a.csv", 2), reject("a.csv", 4)]);
    let rest = store.rejects(id, Some(("a.csv", 4)), 2).await.unwrap();
    assert_eq!(rest, [reject("b.csv", 1)]);
}

#[tokio::test]
async fn only_an_import_that_fell_silent_is_given_up() {
    let db = TestDatabase::from_template().await;
    let store = PgImportStore::new(db.pool());
    let [silent, alive] = [Uuid::now_v7(), Uuid::now_v7()];
    for id in [silent, alive] {
        store.begin(Initiator::System, id, "a.csv", 1).await.unwrap();
    }
    sqlx::query!("update import_job set alive_at = now() - interval '1 minute'")
        .execute(&db.pool())
        .await
        .unwrap();
    store.alive(alive).await.unwrap();

    let given_up = store.abandon_silent("the program stopped").await.unwrap();

    assert_eq!(given_up, 1);
    let job = store.find(silent).await.unwrap().unwrap();
    assert_eq!(job.state, ImportState::Failed);
    assert_eq!(job.error.as_deref(), Some("the program stopped"));
    assert_eq!(store.find(alive).await.unwrap().unwrap().state, ImportState::Running);
}
