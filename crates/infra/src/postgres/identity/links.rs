use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{
    Added, FoundLink, LinkStore, Member, Moved, NewLink, PasswordByLink,
};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::{EmailAddress, LinkPurpose, LinkState, User, UserId, UserName};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::users;
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::messages::enqueue;
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
    new_email: Option<&EmailAddress>,
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
        new_email.map(EmailAddress::as_str),
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
        after: new_email.map(|email| json!({ "new_email": email.as_str() })),
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
        letter: &Letter,
        by: Initiator,
    ) -> Result<Added, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        if users::insert(&mut tx, user, None, by).await? == Added::EmailTaken {
            return Ok(Added::EmailTaken);
        }
        issue(&mut tx, user.id, link, None, by).await?;
        enqueue(&mut tx, std::slice::from_ref(letter)).await?;
        tx.commit().await?;
        Ok(Added::Done)
    }

    async fn try_issue(
        &self,
        user: UserId,
        link: &NewLink,
        new_email: Option<&EmailAddress>,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        issue(&mut tx, user, link, new_email, by).await?;
        enqueue(&mut tx, letters).await?;
        tx.commit().await
    }

    async fn try_move(
        &self,
        secret: &[u8; 32],
        letters: &[Letter],
    ) -> Result<Option<Result<Moved, LinkState>>, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let id = match take(&mut tx, LinkPurpose::AddressChange, secret).await? {
            Some(Ok(id)) => id,
            Some(Err(state)) => return Ok(Some(Err(state))),
            None => return Ok(None),
        };
        let old = sqlx::query_scalar!("select email from app_user where id = $1", Uuid::from(id))
            .fetch_one(&mut *tx)
            .await?;
        let new = sqlx::query_scalar!(
            r#"select new_email as "new_email!" from single_use_link where secret_hash = $1"#,
            secret
        )
        .fetch_one(&mut *tx)
        .await?;
        let moved =
            sqlx::query!("update app_user set email = $2 where id = $1", Uuid::from(id), new)
                .execute(&mut *tx)
                .await;
        match moved {
            Err(sqlx::Error::Database(error))
                if error.constraint() == Some("app_user_email_key") =>
            {
                return Ok(Some(Ok(Moved::Taken)));
            }
            other => other?,
        };
        // Letters to the former address must open nothing any more.
        replace(&mut tx, id, None).await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: id.to_string(),
            action: "change_address",
            before: Some(json!({ "email": old })),
            after: Some(json!({ "email": new })),
        };
        audit::record(&mut tx, Initiator::User(id), &[change]).await?;
        enqueue(&mut tx, letters).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(Some(Ok(Moved::Done)))
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
            set.name.map(UserName::as_str)
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
        enqueue(&mut tx, set.letters).await?;
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
        letter: &Letter,
        by: Initiator,
    ) -> Result<Added, StoreError> {
        self.try_invite(user, link, letter, by).await.map_err(failed)
    }

    async fn issue(
        &self,
        user: UserId,
        link: &NewLink,
        new_email: Option<&EmailAddress>,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<(), StoreError> {
        self.try_issue(user, link, new_email, letters, by).await.map_err(failed)
    }

    async fn move_address(
        &self,
        secret: &[u8; 32],
        letters: &[Letter],
    ) -> Result<Option<Result<Moved, LinkState>>, StoreError> {
        self.try_move(secret, letters).await.map_err(failed)
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
