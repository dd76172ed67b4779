use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::Changed;
use greengrid_app::identity::factors::{Factor, FactorStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::{TotpSecret, UserId};
use greengrid_domain::messages::Letter;
use greengrid_domain::observability::{AuditSubject, Initiator};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::messages::enqueue;
use crate::postgres::notify::notify;
use crate::seal::Sealer;

/// Second factors in Postgres, their secrets sealed.
#[derive(Debug, Clone)]
pub struct PgFactorStore {
    pool: PgPool,
    sealer: Sealer,
}

impl PgFactorStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool, sealer: Sealer) -> Self {
        Self { pool, sealer }
    }

    async fn try_confirm(
        &self,
        user: UserId,
        step: i64,
        codes: &[[u8; 32]],
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let confirmed = sqlx::query!(
            "update second_factor set confirmed_at = now(), used_step = $2
             where user_id = $1 and confirmed_at is null",
            Uuid::from(user),
            step
        )
        .execute(&mut *tx)
        .await?;
        if confirmed.rows_affected() == 0 {
            return Ok(Changed::AlreadySo);
        }
        put_codes(&mut tx, user, codes).await?;
        enqueue(&mut tx, std::slice::from_ref(letter)).await?;
        record(&mut tx, user, "turn_on_second_factor", by).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_use_code(&self, user: UserId, code: &[u8; 32]) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let marked = sqlx::query!(
            "update recovery_code set used_at = now()
             where user_id = $1 and code_hash = $2 and used_at is null",
            Uuid::from(user),
            code
        )
        .execute(&mut *tx)
        .await?;
        if marked.rows_affected() == 0 {
            return Ok(false);
        }
        record(&mut tx, user, "use_recovery_code", Initiator::User(user)).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn try_renew(
        &self,
        user: UserId,
        codes: &[[u8; 32]],
        by: Initiator,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let on = sqlx::query!(
            "select user_id from second_factor
             where user_id = $1 and confirmed_at is not null for update",
            Uuid::from(user)
        )
        .fetch_optional(&mut *tx)
        .await?;
        if on.is_none() {
            return Ok(Changed::Missing);
        }
        put_codes(&mut tx, user, codes).await?;
        record(&mut tx, user, "renew_recovery_codes", by).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_remove(
        &self,
        user: UserId,
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let removed = sqlx::query_scalar!(
            r#"delete from second_factor where user_id = $1
               returning confirmed_at is not null as "confirmed!""#,
            Uuid::from(user)
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(confirmed) = removed else { return Ok(Changed::Missing) };
        // What was never on is no news to anybody.
        if confirmed {
            enqueue(&mut tx, std::slice::from_ref(letter)).await?;
            record(&mut tx, user, "turn_off_second_factor", by).await?;
        }
        tx.commit().await?;
        Ok(Changed::Done)
    }
}

async fn put_codes(
    tx: &mut PgConnection,
    user: UserId,
    codes: &[[u8; 32]],
) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from recovery_code where user_id = $1", Uuid::from(user))
        .execute(&mut *tx)
        .await?;
    let codes: Vec<Vec<u8>> = codes.iter().map(|code| code.to_vec()).collect();
    sqlx::query!(
        "insert into recovery_code (user_id, code_hash) select $1, unnest($2::bytea[])",
        Uuid::from(user),
        &codes
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn record(
    tx: &mut PgConnection,
    user: UserId,
    action: &'static str,
    by: Initiator,
) -> Result<(), sqlx::Error> {
    let change = Change {
        subject: AuditSubject::User,
        subject_id: user.to_string(),
        action,
        before: None,
        after: None,
    };
    audit::record(&mut *tx, by, &[change]).await?;
    notify(tx, &[Notice::Changed(Topic::Accounts)]).await
}

#[async_trait]
impl FactorStore for PgFactorStore {
    async fn find(&self, user: UserId) -> Result<Option<Factor>, StoreError> {
        let id = Uuid::from(user);
        let row = sqlx::query!(
            r#"select sealed_secret, confirmed_at is not null as "confirmed!", used_step,
                      (select count(*) from recovery_code
                       where user_id = $1 and used_at is null) as "codes_left!"
               from second_factor where user_id = $1"#,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        let Some(row) = row else { return Ok(None) };
        let secret =
            self.sealer.open(id.as_bytes(), &row.sealed_secret).map_err(StoreError::new)?;
        Ok(Some(Factor {
            secret: TotpSecret::try_from(secret.as_slice()).map_err(StoreError::new)?,
            confirmed: row.confirmed,
            used_step: row.used_step,
            codes_left: u32::try_from(row.codes_left).unwrap_or(u32::MAX),
        }))
    }

    async fn begin(&self, user: UserId, secret: &TotpSecret) -> Result<Changed, StoreError> {
        let id = Uuid::from(user);
        let sealed = self.sealer.seal(id.as_bytes(), secret.expose())?;
        let begun = sqlx::query!(
            "insert into second_factor (user_id, sealed_secret) values ($1, $2)
             on conflict (user_id) do update
             set sealed_secret = excluded.sealed_secret, created_at = now()
             where second_factor.confirmed_at is null",
            id,
            sealed
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(if begun.rows_affected() == 0 { Changed::AlreadySo } else { Changed::Done })
    }

    async fn confirm(
        &self,
        user: UserId,
        step: i64,
        codes: &[[u8; 32]],
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.try_confirm(user, step, codes, letter, by).await.map_err(failed)
    }

    async fn use_step(&self, user: UserId, step: i64) -> Result<bool, StoreError> {
        let marked = sqlx::query!(
            "update second_factor set used_step = $2
             where user_id = $1 and (used_step is null or used_step < $2)",
            Uuid::from(user),
            step
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(marked.rows_affected() == 1)
    }

    async fn use_code(&self, user: UserId, code: &[u8; 32]) -> Result<bool, StoreError> {
        self.try_use_code(user, code).await.map_err(failed)
    }

    async fn renew_codes(
        &self,
        user: UserId,
        codes: &[[u8; 32]],
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.try_renew(user, codes, by).await.map_err(failed)
    }

    async fn remove(
        &self,
        user: UserId,
        letter: &Letter,
        by: Initiator,
    ) -> Result<Changed, StoreError> {
        self.try_remove(user, letter, by).await.map_err(failed)
    }
}
