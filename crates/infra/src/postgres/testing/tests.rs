use super::*;

#[tokio::test]
async fn each_test_has_a_migrated_database_of_its_own() {
    let one = TestDatabase::from_template().await;
    let other = TestDatabase::from_template().await;

    sqlx::raw_sql("insert into region (code, name) values ('north', 'North')")
        .execute(&one.pool())
        .await
        .unwrap();

    let count = "select count(*) from region";
    let of_one: i64 = sqlx::query_scalar(count).fetch_one(&one.pool()).await.unwrap();
    let of_other: i64 = sqlx::query_scalar(count).fetch_one(&other.pool()).await.unwrap();
    assert_eq!((of_one, of_other), (1, 0));
}

#[tokio::test]
async fn a_dropped_database_is_gone() {
    let db = TestDatabase::blank().await;
    let url = db.url();
    assert!(url.parse::<PgConnectOptions>().unwrap().connect().await.is_ok());

    drop(db);

    assert!(url.parse::<PgConnectOptions>().unwrap().connect().await.is_err());
}

#[tokio::test]
async fn revoked_rights_bite() {
    let db = TestDatabase::from_template().await;

    let refused = sqlx::raw_sql("delete from event_batch").execute(&db.pool()).await;

    let code = refused.unwrap_err().into_database_error().unwrap().code().unwrap().into_owned();
    assert_eq!(code, "42501");
}
