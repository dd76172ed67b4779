use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::AuditLog;
use greengrid_domain::observability::{AuditEntry, Initiator};
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
    async fn latest(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = sqlx::query!(
            r#"select at as "at: jiff_sqlx::Timestamp", initiator_kind, initiator_id, subject,
                      subject_id, action, before::text, after::text
               from audit_entry order by at desc, id desc limit $1"#,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                Ok(AuditEntry {
                    at: row.at.to_jiff(),
                    initiator: initiator(&row.initiator_kind, row.initiator_id)?,
                    subject: row.subject.parse().map_err(StoreError::new)?,
                    subject_id: row.subject_id,
                    action: row.action,
                    before: row.before,
                    after: row.after,
                })
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
