use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::broker::{BrokerNote, BrokerStanding, BrokerStore};
use greengrid_app::live::{Notice, Topic};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// How the broker does, in Postgres.
#[derive(Debug, Clone)]
pub struct PgBrokerStore {
    pool: PgPool,
}

impl PgBrokerStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_note(&self, note: &BrokerNote) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let noted = sqlx::query!(
            "insert into broker_standing as known (connected, since, said) values ($1, $2, $3)
             on conflict (only_one) do update
             set connected = excluded.connected, said = excluded.said,
                 since = case when known.connected = excluded.connected
                              then known.since else excluded.since end
             where (known.connected, known.said) is distinct from
                   (excluded.connected, excluded.said)",
            note.connected,
            note.at.to_sqlx() as jiff_sqlx::Timestamp,
            note.said,
        )
        .execute(&mut *tx)
        .await?;
        if noted.rows_affected() > 0 {
            notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        }
        tx.commit().await
    }
}

#[async_trait]
impl BrokerStore for PgBrokerStore {
    async fn note(&self, note: &BrokerNote) -> Result<(), StoreError> {
        self.try_note(note).await.map_err(failed)
    }

    async fn heard(&self, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "update broker_standing set heard_at = $1",
            at.to_sqlx() as jiff_sqlx::Timestamp
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn standing(&self) -> Result<Option<BrokerStanding>, StoreError> {
        let row = sqlx::query!(
            r#"select connected, since as "since: jiff_sqlx::Timestamp", said,
                      heard_at as "heard_at: jiff_sqlx::Timestamp"
               from broker_standing"#
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.map(|row| BrokerStanding {
            connected: row.connected,
            since: row.since.to_jiff(),
            said: row.said,
            heard_at: row.heard_at.map(jiff_sqlx::Timestamp::to_jiff),
        }))
    }
}
