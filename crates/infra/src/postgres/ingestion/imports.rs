use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{ImportJob, ImportProgress, ImportReject, ImportStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::PgPool;
use uuid::Uuid;

use super::import_rows::{JobRow, RejectRow};
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Imports of files in Postgres.
#[derive(Debug, Clone)]
pub struct PgImportStore {
    pool: PgPool,
}

impl PgImportStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_begin(
        &self,
        by: Initiator,
        id: Uuid,
        file_name: &str,
        bytes_total: u64,
    ) -> Result<(), sqlx::Error> {
        let started_by = match by {
            Initiator::User(user) => Some(Uuid::from(user)),
            _ => None,
        };
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into import_job (id, started_by, file_name, state, bytes_total)
             values ($1, $2, $3, 'running', $4)",
            id,
            started_by,
            file_name,
            signed(bytes_total),
        )
        .execute(&mut *tx)
        .await?;
        let change = Change {
            subject: AuditSubject::Import,
            subject_id: id.to_string(),
            action: "begin_import",
            before: None,
            after: Some(json!({ "files": file_name })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Import(id))]).await?;
        tx.commit().await
    }

    async fn try_advance(
        &self,
        id: Uuid,
        progress: &ImportProgress,
        rejects: &[ImportReject],
    ) -> Result<bool, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let running = sqlx::query!(
            "update import_job
             set bytes_done = $2, sites = $3, accepted = $4, duplicates = $5, corrections = $6,
                 rejected = $7, alive_at = now()
             where id = $1 and state = 'running'",
            id,
            signed(progress.bytes_done),
            i32::try_from(progress.sites).unwrap_or(i32::MAX),
            signed(progress.accepted),
            signed(progress.duplicates),
            signed(progress.corrections),
            signed(progress.rejected),
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if running == 0 {
            return Ok(false);
        }
        let files: Vec<&str> = rejects.iter().map(|r| r.file.as_str()).collect();
        let rows: Vec<i32> = rejects.iter().map(|r| i32::try_from(r.row).unwrap_or(0)).collect();
        let fields: Vec<Option<&str>> = rejects.iter().map(|r| r.field.as_deref()).collect();
        let codes: Vec<&str> = rejects.iter().map(|r| r.code.into()).collect();
        let messages: Vec<&str> = rejects.iter().map(|r| r.message.as_str()).collect();
        let lines: Vec<&str> = rejects.iter().map(|r| r.line.as_str()).collect();
        if !rejects.is_empty() {
            sqlx::query!(
                "insert into import_reject (job_id, file, row_number, field, code, message, line)
                 select $1, t.*
                 from unnest($2::text[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[])
                      as t
                 on conflict do nothing",
                id,
                &files as &[&str],
                &rows,
                &fields as &[Option<&str>],
                &codes as &[&str],
                &messages as &[&str],
                &lines as &[&str],
            )
            .execute(&mut *tx)
            .await?;
        }
        notify(&mut tx, &[Notice::Changed(Topic::Import(id))]).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn try_finish(&self, id: Uuid, error: Option<&str>) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query!(
            "update import_job
             set finished_at = now(), error = $2,
                 state = case when $2::text is null then 'done' else 'failed' end
             where id = $1 and state = 'running'
             returning accepted, rejected, sites",
            id,
            error,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(job) = ended {
            let change = Change {
                subject: AuditSubject::Import,
                subject_id: id.to_string(),
                action: "finish_import",
                before: None,
                after: Some(json!({
                    "sites": job.sites,
                    "accepted": job.accepted,
                    "rejected": job.rejected,
                    "error": error,
                })),
            };
            audit::record(&mut tx, Initiator::System, &[change]).await?;
            notify(&mut tx, &[Notice::Changed(Topic::Import(id))]).await?;
        }
        tx.commit().await
    }

    async fn try_abandon_silent(&self, error: &str) -> Result<u64, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let silent = sqlx::query_scalar!(
            "update import_job
             set finished_at = now(), error = $1, state = 'failed'
             where state = 'running' and alive_at < now() - interval '20 seconds'
             returning id",
            error,
        )
        .fetch_all(&mut *tx)
        .await?;
        if silent.is_empty() {
            return Ok(0);
        }
        let notices: Vec<Notice> =
            silent.iter().map(|id| Notice::Changed(Topic::Import(*id))).collect();
        let changes: Vec<Change> = silent
            .iter()
            .map(|id| Change {
                subject: AuditSubject::Import,
                subject_id: id.to_string(),
                action: "abandon_import",
                before: None,
                after: None,
            })
            .collect();
        audit::record(&mut tx, Initiator::System, &changes).await?;
        notify(&mut tx, &notices).await?;
        tx.commit().await?;
        Ok(silent.len() as u64)
    }
}

#[async_trait]
impl ImportStore for PgImportStore {
    async fn begin(
        &self,
        by: Initiator,
        id: Uuid,
        file_name: &str,
        bytes_total: u64,
    ) -> Result<(), StoreError> {
        self.try_begin(by, id, file_name, bytes_total).await.map_err(failed)
    }

    async fn advance(
        &self,
        id: Uuid,
        progress: &ImportProgress,
        rejects: &[ImportReject],
    ) -> Result<bool, StoreError> {
        self.try_advance(id, progress, rejects).await.map_err(failed)
    }

    async fn alive(&self, id: Uuid) -> Result<(), StoreError> {
        sqlx::query!(
            "update import_job set alive_at = now() where id = $1 and state = 'running'",
            id
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(())
    }

    async fn finish(&self, id: Uuid, error: Option<&str>) -> Result<(), StoreError> {
        self.try_finish(id, error).await.map_err(failed)
    }

    async fn abandon_silent(&self, error: &str) -> Result<u64, StoreError> {
        self.try_abandon_silent(error).await.map_err(failed)
    }

    async fn find(&self, id: Uuid) -> Result<Option<ImportJob>, StoreError> {
        sqlx::query_as!(
            JobRow,
            r#"select id, started_by, started_at as "started_at: jiff_sqlx::Timestamp",
                      finished_at as "finished_at: jiff_sqlx::Timestamp", file_name, state, error,
                      bytes_total, bytes_done, sites, accepted, duplicates, corrections, rejected
               from import_job where id = $1"#,
            id
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?
        .map(ImportJob::try_from)
        .transpose()
    }

    async fn latest(&self, limit: u32) -> Result<Vec<ImportJob>, StoreError> {
        sqlx::query_as!(
            JobRow,
            r#"select id, started_by, started_at as "started_at: jiff_sqlx::Timestamp",
                      finished_at as "finished_at: jiff_sqlx::Timestamp", file_name, state, error,
                      bytes_total, bytes_done, sites, accepted, duplicates, corrections, rejected
               from import_job order by started_at desc, id desc limit $1"#,
            i64::from(limit)
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(ImportJob::try_from)
        .collect()
    }

    async fn rejects(
        &self,
        id: Uuid,
        after: Option<(&str, u32)>,
        limit: u32,
    ) -> Result<Vec<ImportReject>, StoreError> {
        let (file, row) = after.unwrap_or(("", 0));
        sqlx::query_as!(
            RejectRow,
            "select file, row_number, field, code, message, line
             from import_reject
             where job_id = $1 and (file, row_number) > ($2, $3)
             order by file, row_number limit $4",
            id,
            file,
            i32::try_from(row).unwrap_or(i32::MAX),
            i64::from(limit),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(ImportReject::try_from)
        .collect()
    }
}

/// Counts fit the signed numbers of Postgres long before they overflow.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
