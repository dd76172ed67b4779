//! Databases for tests: one server for all test programs of a run, a migrated
//! template, and a clone of it for each test.

pub mod load;
mod server;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};

use server::Server;

/// The server of this run, started or found by the first test that needs it.
static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();

/// Numbers the databases of this process.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database of its own for one test; gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    pool: PgPool,
    server: &'static Server,
}

impl TestDatabase {
    /// A database with all migrations and no rows.
    ///
    /// # Panics
    ///
    /// When there is no Postgres server and none can be had.
    pub async fn from_template() -> Self {
        let server = shared();
        Self::create(server, &format!(" template {}", server.template)).await
    }

    /// A database without any table.
    ///
    /// # Panics
    ///
    /// When there is no Postgres server and none can be had.
    pub async fn blank() -> Self {
        Self::create(shared(), "").await
    }

    async fn create(server: &'static Server, template: &str) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        run(server, &format!("create database {name}{template}")).await.expect("a database");
        let options: PgConnectOptions = server.url(&name).parse().expect("an address");
        let pool = PgPoolOptions::new()
            .max_connections(10)
            .acquire_timeout(Duration::from_secs(20))
            .connect_lazy_with(options);
        Self { name, pool, server }
    }

    /// Connections to the database.
    #[must_use]
    pub fn pool(&self) -> PgPool {
        self.pool.clone()
    }

    /// The address of the database.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        let dropped = aside(async move || {
            run(server, &format!("drop database if exists {name} with (force)")).await
        });
        if let Err(error) = dropped {
            // The next process that uses the server sweeps it away.
            tracing::warn!(error = %error, database = self.name, "a test database remains");
        }
    }
}

fn shared() -> &'static Server {
    let server = SERVER.get_or_init(|| {
        aside(Server::acquire).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        })
    });
    match server {
        Ok(server) => server,
        Err(message) => panic!("tests need a Postgres server: {message}"),
    }
}

async fn run(server: &Server, statement: &str) -> Result<(), sqlx::Error> {
    let options: PgConnectOptions = server.url("postgres").parse()?;
    let mut connection: PgConnection = options.connect().await?;
    connection.execute(statement).await?;
    Ok(())
}

/// Runs on a runtime of its own: that of a test may be about to end.
fn aside<T: Send + 'static>(work: impl AsyncFnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(work())
    });
    thread.join().expect("a thread that does not panic")
}
