use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{
    Changed, SessionKey, SessionLimits, SessionStore, SessionSummary, StoredSession,
};
use greengrid_app::live::{Notice, OpenSession, OpenSessions, Topic};
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Sessions in Postgres, by its clock.
#[derive(Debug, Clone)]
pub struct PgSessionStore {
    pool: PgPool,
    idle_s: f64,
    absolute_s: f64,
}

impl PgSessionStore {
    /// The store behind this pool, whose sessions last this long.
    #[must_use]
    pub const fn new(pool: PgPool, limits: SessionLimits) -> Self {
        let (idle_s, absolute_s) = (limits.idle.as_secs_f64(), limits.absolute.as_secs_f64());
        Self { pool, idle_s, absolute_s }
    }

    async fn try_create(
        &self,
        key: &SessionKey,
        user: Option<UserId>,
        data: &Value,
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let id = user.map(Uuid::from);
        sqlx::query!(
            "insert into session (id_hash, user_id, auth_version, data, expires_at)
             values ($1, $2, (select auth_version from app_user where id = $2), $3,
                     now() + make_interval(secs => $4))",
            key.as_bytes(),
            id,
            data,
            self.absolute_s
        )
        .execute(&mut *tx)
        .await?;
        if let Some(user) = user {
            sqlx::query!("update app_user set last_seen_at = now() where id = $1", id)
                .execute(&mut *tx)
                .await?;
            let after = json!({ "user": id });
            record(&mut tx, key, user, "sign_in", None, Some(after)).await?;
            notify(&mut tx, &[Notice::Changed(Topic::Accounts)]).await?;
        }
        tx.commit().await
    }

    async fn try_load(&self, key: &SessionKey) -> Result<Option<StoredSession>, sqlx::Error> {
        let row = sqlx::query!(
            r#"select data::text as "data!",
                      extract(epoch from
                          least(expires_at, last_seen_at + make_interval(secs => $2)) - now()
                      )::bigint as "seconds_left!",
                      last_seen_at < now() - interval '1 minute' as "unnoted!"
               from session
               where id_hash = $1
                 and expires_at > now()
                 and last_seen_at > now() - make_interval(secs => $2)"#,
            key.as_bytes(),
            self.idle_s
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if row.unnoted {
            self.note_use(key).await?;
        }
        Ok(Some(StoredSession { data: row.data, seconds_left: row.seconds_left }))
    }

    /// Two statements, each on its own: whoever changes a person's account locks
    /// first the person and then their sessions.
    async fn note_use(&self, key: &SessionKey) -> Result<(), sqlx::Error> {
        let user = sqlx::query_scalar!(
            "update session set last_seen_at = now()
             where id_hash = $1 and last_seen_at < now() - interval '1 minute'
             returning user_id",
            key.as_bytes()
        )
        .fetch_optional(&self.pool)
        .await?;
        if let Some(Some(user)) = user {
            sqlx::query!("update app_user set last_seen_at = now() where id = $1", user)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }

    async fn try_delete(&self, key: &SessionKey) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let deleted = sqlx::query_scalar!(
            "delete from session where id_hash = $1 returning user_id",
            key.as_bytes()
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(user) = deleted else { return Ok(()) };
        let mut notices = vec![Notice::SessionEnded(key.to_string())];
        if let Some(user) = user {
            let before = json!({ "user": user });
            record(&mut tx, key, user.into(), "sign_out", Some(before), None).await?;
            notices.push(Notice::Changed(Topic::Accounts));
        }
        notify(&mut tx, &notices).await?;
        tx.commit().await
    }

    /// What ended is told and recorded as if its owner had signed out there.
    async fn try_end(
        &self,
        user: UserId,
        only: Option<&SessionKey>,
        but: Option<&SessionKey>,
    ) -> Result<u64, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query_scalar!(
            "delete from session
             where user_id = $1 and ($2::bytea is null or id_hash = $2)
               and ($3::bytea is null or id_hash <> $3)
             returning id_hash",
            Uuid::from(user),
            only.map(SessionKey::as_bytes),
            but.map(SessionKey::as_bytes)
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut notices = vec![Notice::Changed(Topic::Accounts)];
        let mut changes = Vec::with_capacity(ended.len());
        for hash in &ended {
            notices.push(Notice::SessionEnded(hex::encode(hash)));
            changes.push(Change {
                subject: AuditSubject::Session,
                subject_id: hex::encode(hash),
                action: "sign_out_from_elsewhere",
                before: Some(json!({ "user": Uuid::from(user) })),
                after: None,
            });
        }
        if !ended.is_empty() {
            audit::record(&mut tx, Initiator::User(user), &changes).await?;
            notify(&mut tx, &notices).await?;
        }
        tx.commit().await?;
        Ok(u64::try_from(ended.len()).unwrap_or(u64::MAX))
    }

    async fn try_sweep(&self) -> Result<u64, sqlx::Error> {
        let sessions = sqlx::query!(
            "delete from session
             where expires_at <= now() or last_seen_at <= now() - make_interval(secs => $1)",
            self.idle_s
        )
        .execute(&self.pool)
        .await?;
        sqlx::query!(
            "delete from sign_in_attempt
             where at < now() - case when succeeded then interval '90 days' else interval '1 day' end"
        )
        .execute(&self.pool)
        .await?;
        Ok(sessions.rows_affected())
    }
}

#[async_trait]
impl SessionStore for PgSessionStore {
    async fn create(
        &self,
        key: &SessionKey,
        user: Option<UserId>,
        data: &str,
    ) -> Result<(), StoreError> {
        let data = serde_json::from_str(data).map_err(StoreError::new)?;
        self.try_create(key, user, &data).await.map_err(failed)
    }

    async fn save(&self, key: &SessionKey, data: &str) -> Result<(), StoreError> {
        let data: Value = serde_json::from_str(data).map_err(StoreError::new)?;
        // An upsert would bring back the session of somebody who signed out
        // while this request was under way.
        sqlx::query!("update session set data = $2 where id_hash = $1", key.as_bytes(), data)
            .execute(&self.pool)
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn load(&self, key: &SessionKey) -> Result<Option<StoredSession>, StoreError> {
        self.try_load(key).await.map_err(failed)
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.try_delete(key).await.map_err(failed)
    }

    async fn list(&self, user: UserId) -> Result<Vec<SessionSummary>, StoreError> {
        let rows = sqlx::query!(
            r#"select encode(id_hash, 'hex') as "key!", data -> 'device' ->> 'address' as address,
                      data -> 'device' ->> 'agent' as agent,
                      session.created_at as "created_at: jiff_sqlx::Timestamp",
                      session.last_seen_at as "last_seen_at: jiff_sqlx::Timestamp"
               from session
               join app_user on app_user.id = session.user_id
               where user_id = $1
                 and session.auth_version = app_user.auth_version
                 and expires_at > now()
                 and session.last_seen_at > now() - make_interval(secs => $2)
               order by session.last_seen_at desc, session.created_at desc
               limit 200"#,
            Uuid::from(user),
            self.idle_s
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                Ok(SessionSummary {
                    key: row.key.parse().map_err(StoreError::new)?,
                    address: row.address.and_then(|address| address.parse().ok()),
                    agent: row.agent,
                    created_at: row.created_at.to_jiff(),
                    last_seen_at: row.last_seen_at.to_jiff(),
                })
            })
            .collect()
    }

    async fn end_of(&self, user: UserId, key: &SessionKey) -> Result<Changed, StoreError> {
        let ended = self.try_end(user, Some(key), None).await.map_err(failed)?;
        Ok(if ended == 0 { Changed::Missing } else { Changed::Done })
    }

    async fn end_others(&self, user: UserId, keep: &SessionKey) -> Result<u64, StoreError> {
        self.try_end(user, None, Some(keep)).await.map_err(failed)
    }

    async fn sweep(&self) -> Result<u64, StoreError> {
        self.try_sweep().await.map_err(failed)
    }
}

#[async_trait]
impl OpenSessions for PgSessionStore {
    async fn still_open(&self, hashes: &[String]) -> Result<Vec<OpenSession>, StoreError> {
        // What is no hash names no session.
        let keys: Vec<Vec<u8>> = hashes.iter().filter_map(|hash| hex::decode(hash).ok()).collect();
        let rows = sqlx::query!(
            "select encode(session.id_hash, 'hex') as \"hash!\", app_user.id, app_user.role
             from session
             join app_user on app_user.id = session.user_id
             where session.id_hash = any($1)
               and session.expires_at > now()
               and session.last_seen_at > now() - make_interval(secs => $2)
               and session.auth_version = app_user.auth_version
               and app_user.active",
            &keys,
            self.idle_s
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let role: Role = row.role.parse().map_err(StoreError::new)?;
                Ok(OpenSession { hash: row.hash, user: row.id.into(), role })
            })
            .collect()
    }
}

/// Records a sign-in or sign-out; who did it is whose session it is.
async fn record(
    connection: &mut sqlx::PgConnection,
    key: &SessionKey,
    user: UserId,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    let change = Change {
        subject: AuditSubject::Session,
        subject_id: key.to_string(),
        action,
        before,
        after,
    };
    audit::record(connection, Initiator::User(user), &[change]).await
}
