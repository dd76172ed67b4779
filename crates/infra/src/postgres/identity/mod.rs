//! People, sessions, attempts to sign in, tokens and the audit trail.

mod attempts;
mod audit;
mod factors;
#[cfg(test)]
mod factors_tests;
mod links;
#[cfg(test)]
mod links_tests;
#[cfg(test)]
mod lists_tests;
mod people;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;
mod users;
mod wired;

pub use attempts::PgAttemptStore;
pub use audit::PgAuditLog;
pub use factors::PgFactorStore;
pub use links::PgLinkStore;
pub(crate) use links::issue;
pub use sessions::PgSessionStore;
pub use tokens::PgTokenStore;
pub use users::PgUserStore;
pub(crate) use users::insert as insert_user;
pub use wired::identity;
