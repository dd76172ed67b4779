use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{Added, FoundLink, LinkStore, Member, NewLink, PasswordByLink};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::{LinkPurpose, LinkState, User, UserId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::users;
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Links that work once, in Postgres and by its clock.
#[derive(Debug, Clone)]
pub struct PgLinkStore {
    pool: PgPool,
}

/// Keeps a link in the transaction that makes a reason for it. It takes the
/// place of the person's earlier links of its kind. `new_email` is what a
/// change of address is about.
///
/// Whoever touches links locks first the person they belong to, so that two
/// who use or make one at the same instant wait for each other.
pub(crate) async fn issue(
    connection: &mut PgConnection,
    user: UserId,
    link: &NewLink,
    new_email: Option<&str>,
    by: Initiator,
) -> Result<(), sqlx::Error> {
    let purpose = <&str>::from(link.purpose());
    lock(&mut *connection, user).await?;
    replace(&mut *connection, user, Some(link.purpose())).await?;
    sqlx::query!(
        "insert into single_use_link (id, secret_hash, user_id, purpose, new_email, expires_at)
         values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))",
        Uuid::now_v7(),
        &link.hash(),
        Uuid::from(user),
        purpose,
        new_email,
        link.purpose().lifetime().as_secs_f64()
    )
    .execute(&mut *connection)
    .await?;
    let change = Change {
        subject: AuditSubject::User,
        subject_id: user.to_string(),
        action: match link.purpose() {
            LinkPurpose::Invitation => "invite",
            LinkPurpose::PasswordReset => "ask_for_password_reset",
            LinkPurpose::AddressChange => "ask_for_address_change",
        },
        before: None,
        after: new_email.map(|email| json!({ "new_email": email })),
    };
    audit::record(&mut *connection, by, &[change]).await?;
    notify(connection, &[Notice::Changed(Topic::Accounts)]).await
}

/// Ends the person's open links of this kind, or of every kind.
pub(super) async fn replace(
    connection: &mut PgConnection,
    user: UserId,
    purpose: Option<LinkPurpose>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update single_use_link set replaced_at = now()
         where user_id = $1 and used_at is null and replaced_at is null
           and purpose = coalesce($2, purpose)",
        Uuid::from(user),
        purpose.map(<&str>::from)
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn lock(connection: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query!("select id from app_user where id = $1 for update", Uuid::from(user))
        .fetch_optional(connection)
        .await?;
    Ok(())
}

impl PgLinkStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_invite(
        &self,
        user: &User,
        link: &NewLink,
        by: Initiator,
    ) -> Result<Added, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        if users::insert(&mut tx, user, None, by).await? == Added::EmailTaken {
            return Ok(Added::EmailTaken);
        }
        issue(&mut tx, user.id, link, None, by).await?;
        tx.commit().await?;
        Ok(Added::Done)
    }

    async fn try_set_password(
        &self,
        set: &PasswordByLink<'_>,
    ) -> Result<Option<Result<UserId, LinkState>>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let id = match take(&mut tx, set.purpose, set.secret).await? {
            Some(Ok(id)) => id,
            other => return Ok(other),
        };
        // A proven mailbox and a new password make all older links pointless.
        replace(&mut tx, id, None).await?;
        sqlx::query!(
            "update app_user
             set password_hash = $2, name = coalesce($3, name), auth_version = auth_version + 1
             where id = $1",
            Uuid::from(id),
            set.password.0,
            set.name.map(greengrid_domain::identity::UserName::as_str)
        )
        .execute(&mut *tx)
        .await?;
        users::end_sessions(&mut tx, id).await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: id.to_string(),
            action: match set.purpose {
                LinkPurpose::Invitation => "accept_invitation",
                _ => "reset_password",
            },
            before: None,
            after: set.name.map(|name| json!({ "name": name.as_str() })),
        };
        audit::record(&mut tx, Initiator::User(id), &[change]).await?;
        notify(&mut tx, &[Notice::UserChanged(id), Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(Some(Ok(id)))
    }
}

/// Marks a link as used, if it still works; the person whose it is stays locked
/// until the transaction ends.
pub(super) async fn take(
    tx: &mut PgConnection,
    purpose: LinkPurpose,
    secret: &[u8; 32],
) -> Result<Option<Result<UserId, LinkState>>, sqlx::Error> {
    let owner = sqlx::query_scalar!(
        "select user_id from single_use_link where secret_hash = $1 and purpose = $2",
        secret,
        <&str>::from(purpose)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(owner) = owner else { return Ok(None) };
    lock(&mut *tx, owner.into()).await?;
    // Read after the lock: whoever held it may have used the link.
    let row = sqlx::query!(
        r#"select used_at is not null as "used!",
                  (replaced_at is not null or not app_user.active) as "replaced!",
                  expires_at <= now() as "expired!"
           from single_use_link join app_user on app_user.id = user_id
           where secret_hash = $1"#,
        secret
    )
    .fetch_one(&mut *tx)
    .await?;
    let state = LinkState::of(row.used, row.replaced, row.expired);
    if state != LinkState::Good {
        return Ok(Some(Err(state)));
    }
    sqlx::query!("update single_use_link set used_at = now() where secret_hash = $1", secret)
        .execute(tx)
        .await?;
    Ok(Some(Ok(owner.into())))
}

#[async_trait]
impl LinkStore for PgLinkStore {
    async fn find(
        &self,
        purpose: LinkPurpose,
        secret: &[u8; 32],
    ) -> Result<Option<FoundLink>, StoreError> {
        let row = sqlx::query!(
            r#"select app_user.id, email, name, role, active, new_email,
                      used_at is not null as "used!",
                      (replaced_at is not null or not active) as "replaced!",
                      expires_at <= now() as "expired!"
               from single_use_link join app_user on app_user.id = user_id
               where secret_hash = $1 and purpose = $2"#,
            secret,
            <&str>::from(purpose)
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(|row| {
            Ok(FoundLink {
                user: User {
                    id: row.id.into(),
                    email: row.email.parse().map_err(StoreError::new)?,
                    name: row.name.parse().map_err(StoreError::new)?,
                    role: row.role.parse().map_err(StoreError::new)?,
                    active: row.active,
                },
                state: LinkState::of(row.used, row.replaced, row.expired),
                new_email: row
                    .new_email
                    .map(|email| email.parse().map_err(StoreError::new))
                    .transpose()?,
            })
        })
        .transpose()
    }

    async fn invite(
        &self,
        user: &User,
        link: &NewLink,
        by: Initiator,
    ) -> Result<Added, StoreError> {
        self.try_invite(user, link, by).await.map_err(failed)
    }

    async fn set_password(
        &self,
        set: PasswordByLink<'_>,
    ) -> Result<Option<Result<Member, LinkState>>, StoreError> {
        match self.try_set_password(&set).await.map_err(failed)? {
            Some(Ok(id)) => Ok(users::find(&self.pool, id).await?.map(Ok)),
            Some(Err(state)) => Ok(Some(Err(state))),
            None => Ok(None),
        }
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        sqlx::query!("delete from single_use_link where expires_at < now() - interval '30 days'")
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }
}
