use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{ImportJob, ImportProgress, ImportReject};
use uuid::Uuid;

/// A row of `import_job`.
pub(super) struct JobRow {
    pub(super) id: Uuid,
    pub(super) started_by: Option<Uuid>,
    pub(super) started_at: jiff_sqlx::Timestamp,
    pub(super) finished_at: Option<jiff_sqlx::Timestamp>,
    pub(super) file_name: String,
    pub(super) state: String,
    pub(super) error: Option<String>,
    pub(super) bytes_total: i64,
    pub(super) bytes_done: i64,
    pub(super) sites: i32,
    pub(super) accepted: i64,
    pub(super) duplicates: i64,
    pub(super) corrections: i64,
    pub(super) rejected: i64,
}

impl TryFrom<JobRow> for ImportJob {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            started_by: row.started_by.map(Into::into),
            started_at: row.started_at.to_jiff(),
            finished_at: row.finished_at.map(jiff_sqlx::Timestamp::to_jiff),
            file_name: row.file_name,
            state: row.state.parse().map_err(StoreError::new)?,
            error: row.error,
            bytes_total: count(row.bytes_total)?,
            progress: ImportProgress {
                bytes_done: count(row.bytes_done)?,
                sites: row.sites.try_into().map_err(StoreError::new)?,
                accepted: count(row.accepted)?,
                duplicates: count(row.duplicates)?,
                corrections: count(row.corrections)?,
                rejected: count(row.rejected)?,
            },
        })
    }
}

/// A row of `import_reject`.
pub(super) struct RejectRow {
    pub(super) file: String,
    pub(super) row_number: i32,
    pub(super) field: Option<String>,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) line: String,
}

impl TryFrom<RejectRow> for ImportReject {
    type Error = StoreError;

    fn try_from(row: RejectRow) -> Result<Self, StoreError> {
        Ok(Self {
            file: row.file,
            row: row.row_number.try_into().map_err(StoreError::new)?,
            field: row.field,
            code: row.code.parse().map_err(StoreError::new)?,
            message: row.message,
            line: row.line,
        })
    }
}

fn count(stored: i64) -> Result<u64, StoreError> {
    stored.try_into().map_err(StoreError::new)
}
