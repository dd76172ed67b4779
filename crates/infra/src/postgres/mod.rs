//! Postgres: the pool, the migrations, and one folder per bounded context.

/// The migrations of the database, compiled in.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
