use super::{after, append, begin_batch, everything, project, quarters, steady};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    sqlx::query!(r#"select ensure_reading_partition('2026-06-12') as "done: ()""#)
        .fetch_one(&db.pool())
        .await
        .unwrap();

    let slow = begin_batch(&db.pool(), site, after(0)).await;
    begin_batch(&db.pool(), site, after(15)).await.commit().await.unwrap();
    // The slow transaction is older: what came after it has to wait.
    assert_eq!(super::super::project(&db.pool()).await.unwrap().batches, 0);
    slow.commit().await.unwrap();

    assert_eq!(project(&db.pool()).await, 2);
    assert_eq!(quarters(&db.pool(), site).await.len(), 2);
}

#[tokio::test]
async fn projecting_twice_or_after_a_crash_ends_the_same() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(site, "2026-06-12T08:00:00Z", 3)).await;

    // A program that dies before its commit leaves no trace.
    loop {
        let mut tx = db.pool().begin().await.unwrap();
        let projected =
            super::super::round::advance(&mut tx, super::super::round::LIVE).await.unwrap();
        tx.rollback().await.unwrap();
        if projected.batches == 1 {
            break;
        }
    }
    assert!(everything(&db.pool()).await.is_empty());
    assert_eq!(project(&db.pool()).await, 1);
    let once = everything(&db.pool()).await;
    sqlx::query!("update projection_checkpoint set xid = '0', batch_id = 0")
        .execute(&db.pool())
        .await
        .unwrap();

    assert_eq!(project(&db.pool()).await, 1);

    assert!(everything(&db.pool()).await == once);
    assert_eq!(project(&db.pool()).await, 0);
    let due = sqlx::query_scalar!("select region from assessment_due");
    assert_eq!(due.fetch_all(&db.pool()).await.unwrap(), ["middle"]);
}
