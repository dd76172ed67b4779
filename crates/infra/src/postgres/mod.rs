//! Postgres: the pool, the migrations, and one folder per bounded context.

mod audit;
pub mod embedded;
mod failure;
pub mod fleet;
pub mod ingestion;
mod notify;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

/// The migrations of the database, compiled in.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
