use async_trait::async_trait;
use greengrid_domain::identity::UserId;
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;
use crate::ingestion::{RejectCode, Rejection};

/// How an import stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum ImportState {
    /// Under way.
    Running,
    /// Read to the end.
    Done,
    /// Given up; what was taken until then stays.
    Failed,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportProgress {
    /// Bytes of the files read so far, as they lie on disk.
    pub bytes_done: u64,
    /// Sites created or updated.
    pub sites: u32,
    /// Readings appended as new.
    pub accepted: u64,
    /// Readings identical to what was already there.
    pub duplicates: u64,
    /// Readings appended as new values of known ones.
    pub corrections: u64,
    /// Rows not taken, of sites and of readings.
    pub rejected: u64,
}

impl ImportProgress {
    /// Whether anything at all was understood.
    #[must_use]
    pub const fn took_anything(&self) -> bool {
        self.sites > 0 || self.accepted + self.duplicates + self.corrections > 0
    }
}

/// One import of files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportJob {
    /// Key.
    pub id: Uuid,
    /// Who started it on the import page; none for the command line.
    pub started_by: Option<UserId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Names of the files.
    pub file_name: String,
    /// How it stands.
    pub state: ImportState,
    /// Why it failed, for people.
    pub error: Option<String>,
    /// Bytes of the files together, as they lie on disk.
    pub bytes_total: u64,
    /// How far it is.
    pub progress: ImportProgress,
}

/// A row of a file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReject {
    /// Which file.
    pub file: String,
    /// Which row, counted from 1 without the header.
    pub row: u32,
    /// The field at fault, where it is one.
    pub field: Option<String>,
    /// Why, for programs.
    pub code: RejectCode,
    /// Why, for people.
    pub message: String,
    /// The row itself.
    pub line: String,
}

impl ImportReject {
    /// A row of a file that was not taken, with its line out of the payload.
    #[must_use]
    pub fn of(file: &str, payload: &[u8], rejection: Rejection) -> Self {
        let line = payload.get(rejection.span).unwrap_or_default();
        Self {
            file: file.to_owned(),
            row: rejection.row.unwrap_or_default(),
            field: rejection.field.map(str::to_owned),
            code: rejection.code,
            message: rejection.message,
            line: String::from_utf8_lossy(line).replace('\0', ""),
        }
    }
}

/// Keeps imports. Every change of one tells [`crate::live::Topic::Import`].
#[async_trait]
pub trait ImportStore: Send + Sync {
    /// Begins an import, with an audit entry. The store's own clock tells when.
    async fn begin(
        &self,
        by: Initiator,
        id: Uuid,
        file_name: &str,
        bytes_total: u64,
    ) -> Result<(), StoreError>;
    /// Records how far an import is, with the rows it did not take since last
    /// time. False when the import is no longer running.
    async fn advance(
        &self,
        id: Uuid,
        progress: &ImportProgress,
        rejects: &[ImportReject],
    ) -> Result<bool, StoreError>;
    /// Says that whoever runs the import is still there.
    async fn alive(&self, id: Uuid) -> Result<(), StoreError>;
    /// Ends an import; an error says why it failed.
    async fn finish(&self, id: Uuid, error: Option<&str>) -> Result<(), StoreError>;
    /// Marks imports as failed whose program has not been heard of for some
    /// while; returns how many.
    async fn abandon_silent(&self, error: &str) -> Result<u64, StoreError>;
    /// One import.
    async fn find(&self, id: Uuid) -> Result<Option<ImportJob>, StoreError>;
    /// The latest imports, newest first.
    async fn latest(&self, limit: u32) -> Result<Vec<ImportJob>, StoreError>;
    /// Rows that an import did not take, by file and row, after the one given.
    async fn rejects(
        &self,
        id: Uuid,
        after: Option<(&str, u32)>,
        limit: u32,
    ) -> Result<Vec<ImportReject>, StoreError>;
}
