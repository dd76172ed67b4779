use std::fs;

use sqlx::PgConnection;

use crate::priority;

/// Has the server's process behind a connection leave the processor to others:
/// for a server on the same machine, as the embedded one is.
pub(super) async fn step_back(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let process =
        sqlx::query_scalar!(r#"select pg_backend_pid() as "pid!""#).fetch_one(connection).await?;
    if is_postgres(process) {
        priority::push_back(process);
    }
    Ok(())
}

/// Whether a process of this number, here, belongs to Postgres. A server in
/// another container has numbers of its own.
fn is_postgres(process: i32) -> bool {
    fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim() == "postgres")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::testing::TestDatabase;
    use crate::priority::NICENESS;
    use crate::priority::tests::niceness_of;

    #[tokio::test]
    async fn a_process_steps_back_alone() {
        let db = TestDatabase::from_template().await;
        let pool = db.pool();
        let (mut one, mut other) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());

        let before = niceness_of(Some(process_of(&mut one).await));

        step_back(&mut one).await.unwrap();

        assert_eq!(niceness_of(Some(process_of(&mut one).await)), before.max(NICENESS));
        assert_eq!(niceness_of(Some(process_of(&mut other).await)), before);
    }

    async fn process_of(connection: &mut PgConnection) -> i32 {
        sqlx::query_scalar("select pg_backend_pid()").fetch_one(connection).await.unwrap()
    }

    #[test]
    fn only_processes_of_postgres_are_told() {
        let own = i32::try_from(std::process::id()).unwrap();

        assert!(!is_postgres(own));
        assert!(!is_postgres(-1));
    }
}
