//! Postgres: the pool, the migrations, and one folder per bounded context.

mod audit;
mod failure;
pub mod fleet;
pub mod ingestion;
mod notify;

/// The migrations of the database, compiled in.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
