//! People, sessions, attempts to sign in, tokens and the audit trail.

mod attempts;
mod audit;
mod sessions;
#[cfg(test)]
mod tests;
mod tokens;
mod users;

pub use attempts::PgAttemptStore;
pub use audit::PgAuditLog;
pub use sessions::PgSessionStore;
pub use tokens::PgTokenStore;
pub use users::PgUserStore;
