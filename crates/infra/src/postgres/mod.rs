//! Postgres: the pool, the migrations, and one folder per bounded context.

mod audit;
mod background;
pub mod chat;
pub mod connections;
#[cfg(test)]
mod constraint_tests;
pub mod customer;
pub mod demo;
pub mod embedded;
mod failure;
pub mod fleet;
pub mod identity;
pub mod ingestion;
pub(crate) mod lease;
mod listener;
mod live;
pub mod messages;
pub mod monitoring;
mod notify;
pub mod onboarding;
mod pool;
pub(crate) mod projection;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod vitals;

pub use listener::Notices;
pub use live::PgLiveBus;
pub(crate) use notify::notify;
pub use pool::{PoolSettings, Pools, connect, migrate};
pub use vitals::PgVitals;

/// The migrations of the database, compiled in.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");
