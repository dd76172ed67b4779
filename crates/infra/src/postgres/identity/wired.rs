use std::sync::Arc;

use greengrid_app::identity::{Identity, PasswordHasher, SessionLimits};
use sqlx::PgPool;

use super::{PgAttemptStore, PgAuditLog, PgLinkStore, PgSessionStore, PgTokenStore, PgUserStore};
use crate::ids::RandomIds;

/// People, sessions and tokens of a database. In a demo the password that
/// everybody knows is good.
#[must_use]
pub fn identity(pool: &PgPool, hasher: Arc<dyn PasswordHasher>, demo: bool) -> Identity {
    Identity::builder()
        .users(Arc::new(PgUserStore::new(pool.clone())))
        .attempts(Arc::new(PgAttemptStore::new(pool.clone())))
        .links(Arc::new(PgLinkStore::new(pool.clone())))
        .sessions(Arc::new(PgSessionStore::new(pool.clone(), SessionLimits::default())))
        .tokens(Arc::new(PgTokenStore::new(pool.clone())))
        .audit(Arc::new(PgAuditLog::new(pool.clone())))
        .hasher(hasher)
        .ids(Arc::new(RandomIds))
        .demo(demo)
        .build()
}
