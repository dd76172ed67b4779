use std::collections::HashSet;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::Changed;
use greengrid_app::ingestion::connections::{
    Added, Attempt, Connection, ConnectionStore, NewConnection, NewLink,
};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::ingestion::{ConnectionId, CredentialId, Progress};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::ConnectionRow;
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify;

/// Connections in Postgres.
#[derive(Debug, Clone)]
pub struct PgConnectionStore {
    pub(super) pool: PgPool,
}

impl PgConnectionStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_add(&self, by: Initiator, new: &NewConnection) -> Result<Added, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        if !add_in(&mut tx, by, new).await? {
            return Ok(Added::Taken);
        }
        tx.commit().await?;
        Ok(Added::Done)
    }

    async fn try_remove(&self, by: Initiator, id: ConnectionId) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let gone = sqlx::query!(
            "delete from connection where id = $1 returning site_id, brand, external_id",
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(gone) = gone else { return Ok(Changed::Missing) };
        let before = json!({
            "site": gone.site_id, "brand": gone.brand, "external_id": gone.external_id,
        });
        changed(&mut tx, by, id, "disconnect", Some(before), None).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_pause(
        &self,
        by: Initiator,
        id: ConnectionId,
        paused: bool,
        at: Timestamp,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let before = sqlx::query_scalar!(
            "select paused from connection where id = $1 for update",
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await?;
        match before {
            None => return Ok(Changed::Missing),
            Some(before) if before == paused => return Ok(Changed::AlreadySo),
            Some(_) => {}
        }
        sqlx::query!(
            "update connection set paused = $2, next_run_at = least(next_run_at, $3) where id = $1",
            Uuid::from(id),
            paused,
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        let (action, state) =
            if paused { ("pause", json!(true)) } else { ("resume", json!(false)) };
        changed(&mut tx, by, id, action, None, Some(json!({ "paused": state }))).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_hurry(
        &self,
        by: Initiator,
        id: ConnectionId,
        at: Timestamp,
    ) -> Result<Changed, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let hurried = sqlx::query!(
            "update connection set next_run_at = least(next_run_at, $2) where id = $1",
            Uuid::from(id),
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        if hurried.rows_affected() == 0 {
            return Ok(Changed::Missing);
        }
        changed(&mut tx, by, id, "try_now", None, None).await?;
        tx.commit().await?;
        Ok(Changed::Done)
    }

    async fn try_back_fill(
        &self,
        by: Initiator,
        id: ConnectionId,
        from: Timestamp,
    ) -> Result<Changed, StoreError> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        let row = sqlx::query_file_as!(
            ConnectionRow,
            "src/postgres/connections/one_for_update.sql",
            Uuid::from(id)
        )
        .fetch_optional(&mut *tx)
        .await
        .map_err(failed)?;
        let Some(row) = row else { return Ok(Changed::Missing) };
        let progress = Connection::try_from(row)?.progress;
        let wanted = progress.back_filled_from(from);
        if wanted == progress {
            return Ok(Changed::AlreadySo);
        }
        set_progress(&mut tx, id, &wanted).await.map_err(failed)?;
        let before = json!({ "checkpoint": progress.checkpoint.to_string() });
        let after = json!({ "checkpoint": wanted.checkpoint.to_string() });
        changed(&mut tx, by, id, "back_fill", Some(before), Some(after)).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(Changed::Done)
    }

    async fn try_note(&self, attempts: &[Attempt]) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        for attempt in attempts {
            let record = &attempt.record;
            let at = |at: Option<Timestamp>| at.map(ToSqlx::to_sqlx);
            // A pause set in the meantime stays.
            sqlx::query!(
                "update connection
                 set failures = $2, failing_since = $3, cause = $4, said = $5,
                     last_success_at = $6, last_attempt_at = $7, next_run_at = $8
                 where id = $1",
                Uuid::from(attempt.id),
                i32::try_from(record.failures).unwrap_or(i32::MAX),
                at(record.failing_since) as Option<jiff_sqlx::Timestamp>,
                record.cause.map(<&str>::from),
                attempt.said,
                at(record.last_success) as Option<jiff_sqlx::Timestamp>,
                attempt.at.to_sqlx() as jiff_sqlx::Timestamp,
                attempt.next_run.to_sqlx() as jiff_sqlx::Timestamp,
            )
            .execute(&mut *tx)
            .await?;
            if let Some(progress) = &attempt.progress {
                set_progress(&mut tx, attempt.id, progress).await?;
            }
        }
        if !attempts.is_empty() {
            notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        }
        tx.commit().await
    }
}

/// Makes a connection in the transaction of somebody who makes more than it.
/// False when the site has such a connection, or its number belongs to another.
pub(crate) async fn add_in(
    tx: &mut PgConnection,
    by: Initiator,
    new: &NewConnection,
) -> Result<bool, sqlx::Error> {
    let (credential, external, secret) = match &new.link {
        NewLink::Polled { credential, external } => {
            (Some(Uuid::from(*credential)), Some(external.as_str()), None)
        }
        NewLink::Pushed { secret_hash } => (None, None, Some(&secret_hash[..])),
    };
    let cadence = i32::try_from(new.cadence.as_secs()).unwrap_or(i32::MAX);
    let progress = Progress::of_new(new.wanted_from, new.first_run);
    let added = sqlx::query!(
        "insert into connection (id, site_id, brand, credential_id, external_id,
             push_secret_hash, cadence_s, next_run_at, checkpoint, reread_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict do nothing",
        Uuid::from(new.id),
        i32::from(new.site),
        <&str>::from(new.brand),
        credential,
        external,
        secret,
        cadence,
        new.first_run.to_sqlx() as jiff_sqlx::Timestamp,
        progress.checkpoint.to_sqlx() as jiff_sqlx::Timestamp,
        progress.reread_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    let after = json!({
        "site": i32::from(new.site), "brand": new.brand.to_string(), "external_id": external,
    });
    changed(tx, by, new.id, "connect", None, Some(after)).await?;
    Ok(true)
}

async fn set_progress(
    tx: &mut PgConnection,
    id: ConnectionId,
    progress: &Progress,
) -> Result<(), sqlx::Error> {
    let at = |at: Option<Timestamp>| at.map(ToSqlx::to_sqlx);
    sqlx::query!(
        "update connection
         set checkpoint = $2, ahead_from = $3, ahead_to = $4, newest_at = $5, reread_to = $6,
             reread_at = $7
         where id = $1",
        Uuid::from(id),
        progress.checkpoint.to_sqlx() as jiff_sqlx::Timestamp,
        at(progress.ahead.map(|ahead| ahead.from)) as Option<jiff_sqlx::Timestamp>,
        at(progress.ahead.map(|ahead| ahead.to)) as Option<jiff_sqlx::Timestamp>,
        at(progress.newest) as Option<jiff_sqlx::Timestamp>,
        at(progress.reread) as Option<jiff_sqlx::Timestamp>,
        progress.reread_at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn changed(
    tx: &mut PgConnection,
    by: Initiator,
    id: ConnectionId,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    let subject = AuditSubject::Connection;
    let change = Change { subject, subject_id: id.to_string(), action, before, after };
    audit::record(tx, by, &[change]).await?;
    notify(tx, &[Notice::Changed(Topic::Connections)]).await
}

#[async_trait]
impl ConnectionStore for PgConnectionStore {
    async fn all(&self) -> Result<Vec<Connection>, StoreError> {
        let rows = sqlx::query_file_as!(ConnectionRow, "src/postgres/connections/all.sql")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn troubled(&self) -> Result<Vec<Connection>, StoreError> {
        let rows = sqlx::query_file_as!(ConnectionRow, "src/postgres/connections/troubled.sql")
            .fetch_all(&self.pool)
            .await
            .map_err(failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn find(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
        let row =
            sqlx::query_file_as!(ConnectionRow, "src/postgres/connections/one.sql", Uuid::from(id))
                .fetch_optional(&self.pool)
                .await
                .map_err(failed)?;
        row.map(Connection::try_from).transpose()
    }

    async fn by_push_secret(&self, hash: &[u8; 32]) -> Result<Option<Connection>, StoreError> {
        let row = sqlx::query_file_as!(
            ConnectionRow,
            "src/postgres/connections/by_push_secret.sql",
            hash
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        row.map(Connection::try_from).transpose()
    }

    async fn silent(&self, now: Timestamp, patience: u32) -> Result<Vec<Connection>, StoreError> {
        let rows = sqlx::query_file_as!(
            ConnectionRow,
            "src/postgres/connections/silent.sql",
            now.to_sqlx() as jiff_sqlx::Timestamp,
            f64::from(patience),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn due(
        &self,
        now: Timestamp,
        but: &HashSet<CredentialId>,
    ) -> Result<Vec<Connection>, StoreError> {
        let but: Vec<Uuid> = but.iter().copied().map(Uuid::from).collect();
        let rows = sqlx::query_file_as!(
            ConnectionRow,
            "src/postgres/connections/due.sql",
            now.to_sqlx() as jiff_sqlx::Timestamp,
            &but,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(Connection::try_from).collect()
    }

    async fn suspects(&self, of: &[SiteId]) -> Result<HashSet<SiteId>, StoreError> {
        let of: Vec<i32> = of.iter().copied().map(i32::from).collect();
        let found = sqlx::query_scalar!(
            "select site_id from overview_row where site_id = any($1) and kind is not null",
            &of,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(found.into_iter().map(SiteId::from).collect())
    }

    async fn add(&self, by: Initiator, new: NewConnection) -> Result<Added, StoreError> {
        self.try_add(by, &new).await.map_err(failed)
    }

    async fn remove(&self, by: Initiator, id: ConnectionId) -> Result<Changed, StoreError> {
        self.try_remove(by, id).await.map_err(failed)
    }

    async fn note(&self, attempts: &[Attempt]) -> Result<(), StoreError> {
        self.try_note(attempts).await.map_err(failed)
    }

    async fn pause(
        &self,
        by: Initiator,
        id: ConnectionId,
        paused: bool,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        self.try_pause(by, id, paused, at).await.map_err(failed)
    }

    async fn hurry(
        &self,
        by: Initiator,
        id: ConnectionId,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        self.try_hurry(by, id, at).await.map_err(failed)
    }

    async fn back_fill(
        &self,
        by: Initiator,
        id: ConnectionId,
        from: Timestamp,
    ) -> Result<Changed, StoreError> {
        self.try_back_fill(by, id, from).await
    }
}
