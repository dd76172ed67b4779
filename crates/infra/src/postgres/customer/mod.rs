//! What owners of sites see and decide, in Postgres.

mod closing;
mod history;
mod members;
mod notices;
mod takeouts;
#[cfg(test)]
mod tests;

pub use closing::PgClosingStore;
pub use history::PgHistoryStore;
pub use members::PgMembershipStore;
pub use notices::PgNoticeStore;
pub use takeouts::PgTakeoutStore;
