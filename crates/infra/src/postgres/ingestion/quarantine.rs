use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{QuarantineEntry, QuarantineStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::identity::TokenId;
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// What could not be taken, in Postgres.
#[derive(Debug, Clone)]
pub struct PgQuarantineStore {
    pool: PgPool,
}

impl PgQuarantineStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

/// A row of `quarantine`.
struct QuarantineRow {
    id: Uuid,
    received_at: jiff_sqlx::Timestamp,
    source: String,
    content_type: String,
    row_number: Option<i32>,
    payload: Vec<u8>,
    field: Option<String>,
    code: String,
    message: String,
    token_id: Option<Uuid>,
    replayed_at: Option<jiff_sqlx::Timestamp>,
    replay_result: Option<String>,
}

impl TryFrom<QuarantineRow> for QuarantineEntry {
    type Error = StoreError;

    fn try_from(row: QuarantineRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            received_at: row.received_at.to_jiff(),
            source: row.source.parse().map_err(StoreError::new)?,
            content_type: row.content_type,
            row: row.row_number.map(u32::try_from).transpose().map_err(StoreError::new)?,
            payload: row.payload,
            field: row.field,
            code: row.code.parse().map_err(StoreError::new)?,
            message: row.message,
            token: row.token_id.map(TokenId::from),
            replayed: row
                .replayed_at
                .map(|at| (at.to_jiff(), row.replay_result.unwrap_or_default())),
        })
    }
}

#[async_trait]
impl QuarantineStore for PgQuarantineStore {
    async fn open(
        &self,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<QuarantineEntry>, StoreError> {
        // Ids of version 7 sort by age, which breaks ties within an instant.
        sqlx::query_as!(
            QuarantineRow,
            r#"select id, received_at as "received_at: jiff_sqlx::Timestamp", source, content_type,
                      row_number, payload, field, code, message, token_id,
                      replayed_at as "replayed_at: jiff_sqlx::Timestamp", replay_result
               from quarantine
               where replayed_at is null
                 and ($1::uuid is null
                      or (received_at, id) < (select received_at, id from quarantine where id = $1))
               order by received_at desc, id desc
               limit $2"#,
            before,
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(QuarantineEntry::try_from)
        .collect()
    }

    async fn count_open(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar!(
            r#"select count(*) as "count!" from quarantine where replayed_at is null"#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)
    }

    async fn find(&self, id: Uuid) -> Result<Option<QuarantineEntry>, StoreError> {
        sqlx::query_as!(
            QuarantineRow,
            r#"select id, received_at as "received_at: jiff_sqlx::Timestamp", source, content_type,
                      row_number, payload, field, code, message, token_id,
                      replayed_at as "replayed_at: jiff_sqlx::Timestamp", replay_result
               from quarantine where id = $1"#,
            id,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?
        .map(QuarantineEntry::try_from)
        .transpose()
    }

    async fn settle(
        &self,
        by: Initiator,
        id: Uuid,
        at: Timestamp,
        result: &str,
    ) -> Result<(), StoreError> {
        let settle = async {
            let mut tx = self.pool.begin().await?;
            let settled = sqlx::query!(
                "update quarantine set replayed_at = $2, replay_result = $3
                 where id = $1 and replayed_at is null",
                id,
                at.to_sqlx() as jiff_sqlx::Timestamp,
                result,
            )
            .execute(&mut *tx)
            .await?;
            if settled.rows_affected() > 0 {
                let change = Change {
                    subject: AuditSubject::Quarantine,
                    subject_id: id.to_string(),
                    action: "replay",
                    before: None,
                    after: Some(json!({ "result": result })),
                };
                audit::record(&mut tx, by, &[change]).await?;
                notify(&mut tx, &[Notice::Changed(Topic::Quarantine)]).await?;
            }
            tx.commit().await
        };
        settle.await.map_err(failed)
    }
}

/// Puts entries into quarantine, within the transaction that appends what came
/// with them.
pub(super) async fn insert(
    tx: &mut PgConnection,
    entries: impl Iterator<Item = &QuarantineEntry>,
) -> Result<(), sqlx::Error> {
    let entries: Vec<&QuarantineEntry> = entries.collect();
    if entries.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = entries.iter().map(|entry| entry.id).collect();
    let received: Vec<jiff_sqlx::Timestamp> =
        entries.iter().map(|entry| entry.received_at.to_sqlx()).collect();
    let sources: Vec<&str> = entries.iter().map(|entry| entry.source.into()).collect();
    let content_types: Vec<&str> =
        entries.iter().map(|entry| entry.content_type.as_str()).collect();
    let rows: Vec<Option<i32>> =
        entries.iter().map(|entry| entry.row.and_then(|row| i32::try_from(row).ok())).collect();
    let payloads: Vec<&[u8]> = entries.iter().map(|entry| entry.payload.as_slice()).collect();
    let fields: Vec<Option<&str>> = entries.iter().map(|entry| entry.field.as_deref()).collect();
    let codes: Vec<&str> = entries.iter().map(|entry| entry.code.into()).collect();
    let messages: Vec<&str> = entries.iter().map(|entry| entry.message.as_str()).collect();
    let tokens: Vec<Option<Uuid>> =
        entries.iter().map(|entry| entry.token.map(Uuid::from)).collect();
    sqlx::query!(
        "insert into quarantine (id, received_at, source, content_type, row_number, payload,
                                 field, code, message, token_id)
         select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::int[],
                              $6::bytea[], $7::text[], $8::text[], $9::text[], $10::uuid[])",
        &ids,
        &received as &[jiff_sqlx::Timestamp],
        &sources as &[&str],
        &content_types as &[&str],
        &rows as &[Option<i32>],
        &payloads as &[&[u8]],
        &fields as &[Option<&str>],
        &codes as &[&str],
        &messages as &[&str],
        &tokens as &[Option<Uuid>],
    )
    .execute(tx)
    .await?;
    Ok(())
}
