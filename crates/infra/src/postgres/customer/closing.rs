use async_trait::async_trait;
use greengrid_app::customer::ClosingStore;
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Closed accounts, in Postgres.
#[derive(Debug, Clone)]
pub struct PgClosingStore {
    pool: PgPool,
}

impl PgClosingStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_close(&self, user: UserId) -> Result<bool, sqlx::Error> {
        let id = Uuid::from(user);
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "delete from mail_letter l using app_user u
             where u.id = $1 and lower(l.recipient) = lower(u.email)",
            id,
        )
        .execute(&mut *tx)
        .await?;
        // A name and an address that are nobody's keep what refers to the person
        // readable. Without a password nobody signs in again.
        let closed = sqlx::query!(
            "update app_user
             set email = 'closed-' || id || '@closed.invalid', name = 'Closed account',
                 password_hash = null, active = false, auth_version = auth_version + 1,
                 last_seen_at = null, closed_at = now()
             where id = $1 and closed_at is null",
            id,
        )
        .execute(&mut *tx)
        .await?;
        if closed.rows_affected() == 0 {
            return Ok(false);
        }
        let sites = sqlx::query_scalar!(
            "delete from site_person where user_id = $1 returning site_id",
            id,
        )
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query!(
            "with sessions as (delete from session where user_id = $1),
                  links as (delete from single_use_link where user_id = $1),
                  letters as (delete from notice_written where user_id = $1),
                  unwanted as (delete from notice_unwanted where user_id = $1)
             delete from takeout where user_id = $1",
            id,
        )
        .execute(&mut *tx)
        .await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: user.to_string(),
            action: "close_account",
            before: Some(json!({ "sites": sites.len() })),
            after: None,
        };
        audit::record(&mut tx, Initiator::User(user), &[change]).await?;
        let mut notices = vec![
            Notice::UserChanged(user),
            Notice::Changed(Topic::Person(user)),
            Notice::Changed(Topic::Accounts),
        ];
        notices.extend(sites.into_iter().map(|site| Notice::Changed(Topic::Site(site.into()))));
        notify(&mut tx, &notices).await?;
        tx.commit().await?;
        Ok(true)
    }
}

#[async_trait]
impl ClosingStore for PgClosingStore {
    async fn close(&self, user: UserId) -> Result<bool, StoreError> {
        self.try_close(user).await.map_err(failed)
    }
}
