use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::{AuditLog, TrailEntry, TrailQuery};
use greengrid_domain::observability::{AuditEntry, Initiator};
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::postgres::failure::failed;

/// The audit trail in Postgres, to be read.
#[derive(Debug, Clone)]
pub struct PgAuditLog {
    pool: PgPool,
}

impl PgAuditLog {
    /// The trail behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl AuditLog for PgAuditLog {
    async fn entries(&self, query: &TrailQuery, limit: u32) -> Result<Vec<TrailEntry>, StoreError> {
        let rows = sqlx::query_file!(
            "src/postgres/identity/trail.sql",
            query.who,
            query.subject.map(<&str>::from),
            query.what,
            query.from.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            query.until.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            query.before,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let entry = AuditEntry {
                    at: row.at.to_jiff(),
                    initiator: initiator(&row.initiator_kind, row.initiator_id)?,
                    subject: row.subject.parse().map_err(StoreError::new)?,
                    subject_id: row.subject_id,
                    action: row.action,
                    before: row.before,
                    after: row.after,
                };
                Ok(TrailEntry { number: row.id, entry, by: row.by_name, about: row.about_name })
            })
            .collect()
    }
}

fn initiator(kind: &str, id: Option<Uuid>) -> Result<Initiator, StoreError> {
    match (kind, id) {
        ("user", Some(id)) => Ok(Initiator::User(id.into())),
        ("token", Some(id)) => Ok(Initiator::Token(id.into())),
        ("command_line", _) => Ok(Initiator::CommandLine),
        ("system", _) => Ok(Initiator::System),
        _ => Err(StoreError::new(format!("an audit entry by “{kind}” without a key"))),
    }
}
