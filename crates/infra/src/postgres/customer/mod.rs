//! What owners of sites see and decide, in Postgres.

mod history;
#[cfg(test)]
mod tests;

pub use history::PgHistoryStore;
