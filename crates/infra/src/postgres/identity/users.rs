use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{
    Account, Added, Changed, Member, PasswordHash, PeoplePage, PeopleQuery, Person, UserStore,
};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::{EmailAddress, Role, User, UserId, UserName};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::{links, people};
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::messages::enqueue;
use crate::postgres::notify::notify;

/// People with accounts, in Postgres.
#[derive(Debug, Clone)]
pub struct PgUserStore {
    pool: PgPool,
}

/// A row of `app_user`.
struct UserRow {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    password_hash: Option<String>,
    second_factor: bool,
    active: bool,
    auth_version: i32,
    created_at: jiff_sqlx::Timestamp,
    last_seen_at: Option<jiff_sqlx::Timestamp>,
}

impl TryFrom<UserRow> for Person {
    type Error = StoreError;

    fn try_from(row: UserRow) -> Result<Self, StoreError> {
        let user = User {
            id: row.id.into(),
            email: row.email.parse().map_err(StoreError::new)?,
            name: row.name.parse().map_err(StoreError::new)?,
            role: row.role.parse().map_err(StoreError::new)?,
            active: row.active,
        };
        Ok(Self {
            user,
            invited: row.password_hash.is_none(),
            second_factor: row.second_factor,
            created_at: row.created_at.to_jiff(),
            last_seen_at: row.last_seen_at.map(jiff_sqlx::Timestamp::to_jiff),
        })
    }
}

impl TryFrom<UserRow> for Account {
    type Error = StoreError;

    fn try_from(mut row: UserRow) -> Result<Self, StoreError> {
        let password = row.password_hash.take().map(PasswordHash);
        let auth_version = row.auth_version;
        let Person { user, .. } = row.try_into()?;
        Ok(Self { member: Member { user, auth_version }, password })
    }
}

/// What a change does to an account, besides ending its sessions.
enum Edit<'a> {
    Role(Role),
    Active(bool),
    Password(&'a PasswordHash),
}

impl PgUserStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_rename(
        &self,
        id: UserId,
        name: &UserName,
        by: Initiator,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let before = sqlx::query_scalar!(
            "select name from app_user where id = $1 for update",
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(before) = before else { return Ok(Changed::Missing) };
        if before == name.as_str() {
            return Ok(Changed::AlreadySo);
        }
        sqlx::query!("update app_user set name = $2 where id = $1", Uuid::from(id), name.as_str())
            .execute(&mut *tx)
            .await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: id.to_string(),
            action: "rename",
            before: Some(json!({ "name": before })),
            after: Some(json!({ "name": name.as_str() })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn change(
        &self,
        id: UserId,
        edit: Edit<'_>,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let Some(row) = sqlx::query!(
            "select role, active from app_user where id = $1 for update",
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await?
        else {
            return Ok(Changed::Missing);
        };
        let (action, before, after) = match edit {
            Edit::Role(role) => {
                ("change_role", json!({ "role": row.role }), json!({ "role": <&str>::from(role) }))
            }
            Edit::Active(active) => (
                if active { "reactivate" } else { "deactivate" },
                json!({ "active": row.active }),
                json!({ "active": active }),
            ),
            Edit::Password(_) => ("change_password", Value::Null, Value::Null),
        };
        if !before.is_null() && before == after {
            return Ok(Changed::AlreadySo);
        }
        write(&mut tx, id, &edit).await?;
        end_sessions(&mut tx, id).await?;
        if !matches!(edit, Edit::Role(_)) {
            links::replace(&mut tx, id, None).await?;
        }
        let change = Change {
            subject: AuditSubject::User,
            subject_id: id.to_string(),
            action,
            before: Some(before).filter(|value| !value.is_null()),
            after: Some(after).filter(|value| !value.is_null()),
        };
        audit::record(&mut tx, by, &[change]).await?;
        enqueue(&mut tx, letters).await?;
        notify(&mut tx, &[Notice::UserChanged(id), Notice::Changed(Topic::Accounts)]).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }
}

/// Adds a person in a transaction. Without a password they are invited, and
/// set one by a link; see [`issue`](super::issue).
pub(crate) async fn insert(
    connection: &mut PgConnection,
    user: &User,
    password: Option<&PasswordHash>,
    by: Initiator,
) -> Result<Added, sqlx::Error> {
    let inserted = sqlx::query!(
        "insert into app_user (id, email, name, role, password_hash, active)
         values ($1, $2, $3, $4, $5, $6)
         on conflict ((lower(email))) do nothing",
        Uuid::from(user.id),
        user.email.as_str(),
        user.name.as_str(),
        <&str>::from(user.role),
        password.map(|hash| hash.0.as_str()),
        user.active
    )
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(Added::EmailTaken);
    }
    let after = json!({
        "email": user.email.as_str(),
        "name": user.name.as_str(),
        "role": <&str>::from(user.role),
        "active": user.active,
    });
    let change = Change {
        subject: AuditSubject::User,
        subject_id: user.id.to_string(),
        action: "add_user",
        before: None,
        after: Some(after),
    };
    audit::record(&mut *connection, by, &[change]).await?;
    notify(connection, &[Notice::Changed(Topic::Accounts)]).await?;
    Ok(Added::Done)
}

/// Ends all sessions of a person, whose row is locked or was just written.
pub(super) async fn end_sessions(
    connection: &mut PgConnection,
    id: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from session where user_id = $1", Uuid::from(id))
        .execute(connection)
        .await?;
    Ok(())
}

/// One person.
pub(super) async fn find(pool: &PgPool, id: UserId) -> Result<Option<Member>, StoreError> {
    let row = sqlx::query_as!(
        UserRow,
        r#"select id, email, name, role, password_hash,
                      exists (select from second_factor
                              where user_id = app_user.id and confirmed_at is not null)
                          as "second_factor!",
                      active, auth_version,
                  created_at as "created_at: jiff_sqlx::Timestamp",
                  last_seen_at as "last_seen_at: jiff_sqlx::Timestamp"
           from app_user where id = $1"#,
        Uuid::from(id)
    )
    .fetch_optional(pool)
    .await
    .map_err(failed)?;
    Ok(row.map(Account::try_from).transpose()?.map(|account| account.member))
}

async fn write(tx: &mut PgConnection, id: UserId, edit: &Edit<'_>) -> Result<(), sqlx::Error> {
    let (role, active, password) = match edit {
        Edit::Role(role) => (Some(<&str>::from(*role)), None, None),
        Edit::Active(active) => (None, Some(*active), None),
        Edit::Password(hash) => (None, None, Some(hash.0.as_str())),
    };
    sqlx::query!(
        "update app_user
         set role = coalesce($2, role), active = coalesce($3, active),
             password_hash = coalesce($4, password_hash), auth_version = auth_version + 1
         where id = $1",
        Uuid::from(id),
        role,
        active,
        password
    )
    .execute(tx)
    .await?;
    Ok(())
}

#[async_trait]
impl UserStore for PgUserStore {
    async fn find(&self, id: UserId) -> Result<Option<Member>, StoreError> {
        find(&self.pool, id).await
    }

    async fn find_by_email(&self, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query_as!(
            UserRow,
            r#"select id, email, name, role, password_hash,
                      exists (select from second_factor
                              where user_id = app_user.id and confirmed_at is not null)
                          as "second_factor!",
                      active, auth_version,
                      created_at as "created_at: jiff_sqlx::Timestamp",
                      last_seen_at as "last_seen_at: jiff_sqlx::Timestamp"
               from app_user where lower(email) = lower($1)"#,
            email.as_str()
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(Account::try_from).transpose()
    }

    async fn list(&self) -> Result<Vec<Person>, StoreError> {
        let rows = sqlx::query_as!(
            UserRow,
            r#"select id, email, name, role, password_hash,
                      exists (select from second_factor
                              where user_id = app_user.id and confirmed_at is not null)
                          as "second_factor!",
                      active, auth_version,
                      created_at as "created_at: jiff_sqlx::Timestamp",
                      last_seen_at as "last_seen_at: jiff_sqlx::Timestamp"
               from app_user order by lower(name), id"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(Person::try_from).collect()
    }

    async fn page(&self, query: &PeopleQuery, per_page: u32) -> Result<PeoplePage, StoreError> {
        people::page(&self.pool, query, per_page).await
    }

    async fn add(
        &self,
        user: &User,
        password: &PasswordHash,
        by: Initiator,
    ) -> Result<Added, StoreError> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        let added = insert(&mut tx, user, Some(password), by).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(added)
    }

    async fn set_role(&self, id: UserId, role: Role, by: Initiator) -> Result<Changed, StoreError> {
        self.change(id, Edit::Role(role), &[], by).await.map_err(failed)
    }

    async fn set_active(
        &self,
        id: UserId,
        active: bool,
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.change(id, Edit::Active(active), &[], by).await.map_err(failed)
    }

    async fn set_password(
        &self,
        id: UserId,
        password: &PasswordHash,
        letters: &[Letter],
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.change(id, Edit::Password(password), letters, by).await.map_err(failed)
    }

    async fn rename(
        &self,
        id: UserId,
        name: &UserName,
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.try_rename(id, name, by).await.map_err(failed)
    }
}
