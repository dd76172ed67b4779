use std::str::FromStr;
use std::time::Duration;

use futures::future::try_join_all;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::MIGRATOR;
use super::background::step_back;

/// How long a request waits for a free connection before it is told to come
/// again.
const ACQUIRE: Duration = Duration::from_secs(2);

/// Connections of each pool that are open from the beginning and stay so.
/// Opening one takes a new process of the server and some thousand rounds of
/// hashing; where the machine is busy, as after a start, that is what a request
/// would wait for.
const KEPT: u32 = 4;

/// Connections for work that must not wait for each other: a burst of readings
/// leaves pages their own.
#[derive(Debug, Clone)]
pub struct Pools {
    /// For whoever looks at a page. A statement has 10 seconds.
    pub pages: PgPool,
    /// For readings and imports. A statement has a minute.
    pub ingest: PgPool,
    /// For what is derived from readings: projection and judgement. A statement
    /// has a minute, and leaves the processor to those of the others where it
    /// can.
    pub background: PgPool,
}

/// How many connections each pool may open.
#[derive(Debug, Clone, Copy, bon::Builder)]
pub struct PoolSettings {
    /// Connections for pages.
    #[builder(default = 16)]
    pages: u32,
    /// Connections for readings.
    #[builder(default = 12)]
    ingest: u32,
    /// Connections for what is derived from them.
    #[builder(default = 6)]
    background: u32,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// Opens the pools with the connections that are kept, and fails when the
/// database cannot be reached.
pub async fn connect(url: &str, settings: PoolSettings) -> Result<Pools, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.options([
        // No page takes long, so neither may its query; and a transaction left
        // open would hold back every projection.
        ("idle_in_transaction_session_timeout", "60s"),
        ("timezone", "UTC"),
    ]);
    let pool = async |most: u32, name, timeout, steps_back: bool| {
        let kept = KEPT.min(most);
        let own = PgPoolOptions::new()
            .max_connections(most)
            .min_connections(kept)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |connection, _| {
                Box::pin(
                    async move { if steps_back { step_back(connection).await } else { Ok(()) } },
                )
            })
            .connect_with(
                options.clone().application_name(name).options([("statement_timeout", timeout)]),
            )
            .await?;
        // Held all at once, none can be another.
        try_join_all((0..kept).map(|_| own.acquire())).await?;
        Ok::<_, sqlx::Error>(own)
    };
    let on_this_machine = options.get_socket().is_some();
    let pages = pool(settings.pages, "greengrid pages", "10s", false).await?;
    let ingest = pool(settings.ingest, "greengrid readings", "60s", false).await?;
    let background =
        pool(settings.background, "greengrid background", "60s", on_this_machine).await?;
    Ok(Pools { pages, ingest, background })
}

/// Brings the database to the present schema. Instances that start together
/// take turns.
pub async fn migrate(url: &str) -> Result<(), sqlx::Error> {
    use sqlx::{ConnectOptions, Connection};
    let mut connection =
        PgConnectOptions::from_str(url)?.application_name("greengrid migration").connect().await?;
    MIGRATOR.run(&mut connection).await?;
    connection.close().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::testing::TestDatabase;

    #[tokio::test]
    async fn the_first_requests_find_their_connections_open() {
        let db = TestDatabase::from_template().await;

        let pools = connect(&db.url(), PoolSettings::default()).await.unwrap();

        assert!(pools.pages.size() >= KEPT);
        assert!(pools.ingest.size() >= KEPT);
        assert!(pools.background.size() >= KEPT);
    }

    #[tokio::test]
    async fn a_small_pool_keeps_no_more_than_it_may_open() {
        let db = TestDatabase::from_template().await;

        let settings = PoolSettings::builder().pages(2).ingest(1).background(1).build();
        let pools = connect(&db.url(), settings).await.unwrap();

        let sizes = [pools.pages, pools.ingest, pools.background].map(|pool| pool.size());
        assert_eq!(sizes, [2, 1, 1]);
    }
}
