use async_trait::async_trait;
use greengrid_app::customer::{Requested, Takeout, TakeoutJob, TakeoutStore};
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Files of people's data, in Postgres.
#[derive(Debug, Clone)]
pub struct PgTakeoutStore {
    pool: PgPool,
}

impl PgTakeoutStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_request(&self, user: UserId, id: Uuid) -> Result<Requested, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let new = sqlx::query!(
            "insert into takeout (id, user_id) values ($1, $2) on conflict do nothing",
            id,
            Uuid::from(user),
        )
        .execute(&mut *tx)
        .await?;
        if new.rows_affected() == 0 {
            return Ok(Requested::UnderWay);
        }
        // Whoever asks anew has no use for the file before.
        sqlx::query!("delete from takeout where user_id = $1 and id <> $2", Uuid::from(user), id)
            .execute(&mut *tx)
            .await?;
        let change = Change {
            subject: AuditSubject::User,
            subject_id: user.to_string(),
            action: "take_data_out",
            before: None,
            after: None,
        };
        audit::record(&mut tx, Initiator::User(user), &[change]).await?;
        tell(&mut tx, user.into()).await?;
        tx.commit().await?;
        Ok(Requested::Done)
    }

    /// Ends one in a state, and tells whose it is.
    async fn end(&self, id: Uuid, state: &str, bytes: i64) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let user = sqlx::query_scalar!(
            "update takeout
             set state = $2, bytes = $3,
                 ready_until = case when $2 = 'ready' then now() + interval '7 days' end
             where id = $1
             returning user_id",
            id,
            state,
            bytes,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(user) = user {
            tell(&mut tx, user).await?;
        }
        tx.commit().await
    }
}

async fn tell(connection: &mut PgConnection, user: Uuid) -> Result<(), sqlx::Error> {
    notify(connection, &[Notice::Changed(Topic::Person(user.into()))]).await
}

#[async_trait]
impl TakeoutStore for PgTakeoutStore {
    async fn request(&self, user: UserId, id: Uuid) -> Result<Requested, StoreError> {
        self.try_request(user, id).await.map_err(failed)
    }

    async fn latest(&self, user: UserId) -> Result<Option<Takeout>, StoreError> {
        let row = sqlx::query!(
            r#"select id, state, asked_at as "asked_at: jiff_sqlx::Timestamp", done, total, bytes,
                      ready_until as "ready_until: jiff_sqlx::Timestamp"
               from takeout
               where user_id = $1 and (ready_until is null or ready_until > now())
               order by asked_at desc limit 1"#,
            Uuid::from(user),
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(|row| {
            Ok(Takeout {
                id: row.id,
                state: row.state.parse().map_err(StoreError::new)?,
                asked_at: row.asked_at.to_jiff(),
                done: row.done,
                total: row.total,
                bytes: row.bytes,
                ready_until: row.ready_until.map(jiff_sqlx::Timestamp::to_jiff),
            })
        })
        .transpose()
    }

    async fn claim(&self) -> Result<Option<TakeoutJob>, StoreError> {
        let row = sqlx::query!(
            "update takeout set state = 'running', alive_at = now(), done = 0
             where id = (
                 select id from takeout
                 where state = 'waiting'
                    or state = 'running' and alive_at < now() - interval '2 minutes'
                 order by asked_at limit 1
                 for update skip locked)
             returning id, user_id"
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.map(|row| TakeoutJob { id: row.id, user: row.user_id.into() }))
    }

    async fn account(&self, user: UserId) -> Result<String, StoreError> {
        let account =
            sqlx::query_file_scalar!("src/postgres/customer/account.sql", Uuid::from(user),)
                .fetch_one(&self.pool)
                .await
                .map_err(failed)?;
        serde_json::to_string_pretty(&account).map_err(StoreError::new)
    }

    async fn progress(&self, id: Uuid, done: i32, total: i32) -> Result<bool, StoreError> {
        let noted = async {
            let mut tx = self.pool.begin().await?;
            let user = sqlx::query_scalar!(
                "update takeout set done = $2, total = $3, alive_at = now() where id = $1
                 returning user_id",
                id,
                done,
                total,
            )
            .fetch_optional(&mut *tx)
            .await?;
            if let Some(user) = user {
                tell(&mut tx, user).await?;
            }
            tx.commit().await?;
            Ok(user.is_some())
        };
        noted.await.map_err(failed)
    }

    async fn put(&self, id: Uuid, part: i32, bytes: &[u8]) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into takeout_part (takeout_id, part, bytes)
             select id, $2, $3 from takeout where id = $1
             on conflict (takeout_id, part) do update set bytes = excluded.bytes",
            id,
            part,
            bytes,
        )
        .execute(&self.pool)
        .await
        .map(drop)
        .map_err(failed)
    }

    async fn finish(&self, id: Uuid, bytes: i64) -> Result<(), StoreError> {
        self.end(id, "ready", bytes).await.map_err(failed)
    }

    async fn fail(&self, id: Uuid) -> Result<(), StoreError> {
        self.end(id, "failed", 0).await.map_err(failed)
    }

    async fn part(&self, user: UserId, id: Uuid, part: i32) -> Result<Option<Vec<u8>>, StoreError> {
        sqlx::query_scalar!(
            "select p.bytes
             from takeout t join takeout_part p on p.takeout_id = t.id
             where t.id = $1 and t.user_id = $2 and t.state = 'ready' and t.ready_until > now()
               and p.part = $3",
            id,
            Uuid::from(user),
            part,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        sqlx::query!("delete from takeout where ready_until < now()")
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(failed)
    }
}
