use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::MIGRATOR;

/// How long a request waits for a free connection before it is told to come
/// again.
const ACQUIRE: Duration = Duration::from_secs(2);

/// Connections for work that must not wait for each other: a burst of readings
/// leaves pages their own.
#[derive(Debug, Clone)]
pub struct Pools {
    /// For whoever looks at a page. A statement has 10 seconds.
    pub pages: PgPool,
    /// For readings, projections and imports. A statement has a minute.
    pub ingest: PgPool,
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
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// Opens the pools, and fails when the database cannot be reached.
pub async fn connect(url: &str, settings: PoolSettings) -> Result<Pools, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?.options([
        // No page takes long, so neither may its query; and a transaction left
        // open would hold back every projection.
        ("idle_in_transaction_session_timeout", "60s"),
        ("timezone", "UTC"),
    ]);
    let pool = |most, name, timeout| {
        PgPoolOptions::new()
            .max_connections(most)
            .min_connections(1)
            .acquire_timeout(ACQUIRE)
            .connect_with(
                options.clone().application_name(name).options([("statement_timeout", timeout)]),
            )
    };
    let pages = pool(settings.pages, "greengrid pages", "10s").await?;
    let ingest = pool(settings.ingest, "greengrid readings", "60s").await?;
    Ok(Pools { pages, ingest })
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
