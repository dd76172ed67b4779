use std::process::{Child, Command};
use std::time::Instant;

use super::server::{alive, sweep, watchdog};
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

#[tokio::test]
async fn databases_of_processes_that_are_gone_are_swept_away() {
    let db = TestDatabase::blank().await;
    let mut ended = Command::new("true").spawn().unwrap();
    ended.wait().unwrap();
    let left = format!("test_{}_0", ended.id());
    let mut connection = db.pool().acquire().await.unwrap();
    connection.execute(&*format!("create database {left}")).await.unwrap();

    sweep(&mut connection).await.unwrap();

    let there: Vec<String> = sqlx::query_scalar("select datname::text from pg_database")
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    assert!(!there.contains(&left));
    assert!(there.contains(&db.name));
}

fn wait_until(met: impl Fn() -> bool) {
    let since = Instant::now();
    while !met() {
        assert!(since.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A process of ours that somebody else ends; it is waited for in the
/// background, so that it is gone when it ends.
fn sleeper() -> u32 {
    let mut child: Child = Command::new("sleep").arg("600").spawn().unwrap();
    let process = child.id();
    std::thread::spawn(move || child.wait());
    process
}

#[test]
fn the_watchdog_stops_the_server_after_the_last_user_and_not_before() {
    let dir = tempfile::tempdir().unwrap();
    let (user, server) = (sleeper(), sleeper());
    let base = dir.path();
    std::fs::create_dir_all(base.join("users")).unwrap();
    std::fs::create_dir_all(base.join("server/data")).unwrap();
    std::fs::write(base.join("users").join(user.to_string()), "").unwrap();
    std::fs::write(base.join("server/data/postmaster.pid"), format!("{server}\n")).unwrap();

    let mut dog = watchdog(base, 1).spawn().unwrap();
    wait_until(|| base.join("beat").exists());
    std::thread::sleep(Duration::from_secs(2));
    assert!(alive(server));
    Command::new("kill").arg(user.to_string()).status().unwrap();

    assert!(dog.wait().unwrap().success());
    wait_until(|| !alive(server));
    assert!(!base.join("server").exists());
    assert!(!base.join("stopping").exists());
}
