use std::ops::Range;

use async_trait::async_trait;
use greengrid_domain::fleet::{DeviceSerial, SiteCode};
use greengrid_domain::identity::TokenId;
use greengrid_domain::ingestion::{
    Measurement, Noted, ReadingKey, Reason, Reasons, Remark, TimeError,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;

/// Where readings came from.
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
pub enum Source {
    /// The readings interface.
    Api,
    /// A file, from the command line or the import page.
    Import,
    /// The demo's live feed.
    Demo,
    /// Quarantine, tried again.
    Replay,
    /// A vendor's cloud.
    Vendor,
    /// A broker of MQTT.
    Mqtt,
}

/// Why a row was not taken. The text form is the `code` in answers.
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
pub enum RejectCode {
    /// The row, or the whole payload, cannot be read as what it claims to be.
    Malformed,
    /// A field that every reading needs is missing.
    MissingField,
    /// A number is not a finite number in its range.
    InvalidNumber,
    /// The time is not an instant with a zone, such as `2026-06-12T08:45:00Z`.
    InvalidTimestamp,
    /// Measured more than 15 minutes in the future.
    TimestampInFuture,
    /// Measured before 1990, when no site could have reported.
    TimestampTooOld,
    /// There is no such site.
    UnknownSite,
    /// The device id is not acceptable, or the site has too many devices.
    InvalidDevice,
}

impl From<TimeError> for RejectCode {
    fn from(error: TimeError) -> Self {
        match error {
            TimeError::InFuture => Self::TimestampInFuture,
            TimeError::TooOld => Self::TimestampTooOld,
        }
    }
}

/// A row that was read and understood, before it is looked at more closely.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingRow {
    /// Row in the payload, counted from 1 without a header.
    pub row: u32,
    /// Bytes of the payload that hold the row.
    pub span: Range<usize>,
    /// Which site it is about.
    pub site: SiteCode,
    /// Which device; none for the site as a whole.
    pub device: Option<DeviceSerial>,
    /// Start of the interval measured.
    pub measured_at: Timestamp,
    /// What was measured.
    pub measurement: Measurement,
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Row in the payload, counted from 1; `None` for a whole payload.
    pub row: Option<u32>,
    /// Bytes of the payload that hold the row.
    pub span: Range<usize>,
    /// The field at fault, where it is one.
    pub field: Option<&'static str>,
    /// Why, for programs.
    pub code: RejectCode,
    /// Why, for people.
    pub message: String,
}

/// A payload after decoding.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Where it came from.
    pub source: Source,
    /// With which token.
    pub token: Option<TokenId>,
    /// `application/json`, `application/x-ndjson` or `text/csv`.
    pub content_type: &'static str,
    /// The header line of a CSV payload, kept with each of its quarantined rows
    /// so that they can be replayed alone.
    pub header: Option<String>,
    /// The payload after decompression.
    pub payload: std::sync::Arc<[u8]>,
    /// Rows that could be read.
    pub rows: Vec<ReadingRow>,
    /// Rows that could not.
    pub rejected: Vec<Rejection>,
}

/// What became of a submission, once it is durable.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// Rows appended as new readings.
    pub accepted: u32,
    /// Rows identical to what was already there.
    pub duplicates: u32,
    /// Rows appended as new values of known readings.
    pub corrections: u32,
    /// Rows kept in quarantine, each with its reason, in order of rows.
    pub rejected: Vec<Rejection>,
    /// All that the quality rules said of the rows that were taken.
    pub reasons: Reasons,
}

impl Receipt {
    /// What of it is worth a word about the connection that the readings came
    /// by.
    #[must_use]
    pub fn remarks(&self) -> Vec<Noted> {
        let mut remarks = Vec::new();
        let impossible = [Reason::ImpossibleCounter, Reason::AboveLimit, Reason::OutOfRange];
        let left_out = impossible.into_iter().any(|reason| self.reasons.contains(reason));
        if left_out || !self.rejected.is_empty() {
            remarks.push(Noted::of(Remark::ImpossibleReading));
        }
        if self.reasons.contains(Reason::CounterWrap) {
            remarks.push(Noted::of(Remark::CounterWrapped));
        }
        remarks
    }
}

/// A reading ready to be appended.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendRow {
    /// Site, time and device.
    pub key: ReadingKey,
    /// Its values.
    pub measurement: Measurement,
    /// What the quality rules said.
    pub reasons: Reasons,
}

/// What became of one appended row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// New.
    Accepted,
    /// Identical to what was there.
    Duplicate,
    /// Other values under a known key: appended with the next revision.
    Correction,
}

/// The verdicts of a batch, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppendOutcome {
    /// One for each row.
    pub verdicts: Vec<Verdict>,
}

/// The append-only log of readings.
#[async_trait]
pub trait EventStore: Send + Sync {
    /// Appends a batch together with what it could not take, in one
    /// transaction. When this returns, both survive a crash. Rows with the same
    /// key as an earlier row or event are duplicates or corrections.
    async fn append(
        &self,
        source: Source,
        received_at: Timestamp,
        rows: Vec<AppendRow>,
        quarantined: Vec<QuarantineEntry>,
    ) -> Result<AppendOutcome, StoreError>;
}

/// Something kept because it could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineEntry {
    /// Key.
    pub id: Uuid,
    /// When it came in.
    pub received_at: Timestamp,
    /// Where it came from.
    pub source: Source,
    /// What it claimed to be; see [`Submission::content_type`].
    pub content_type: String,
    /// Row in the payload it came with; `None` for a whole payload.
    pub row: Option<u32>,
    /// The bytes, whole; for a CSV row with its header line before it.
    pub payload: Vec<u8>,
    /// The field at fault, where it is one.
    pub field: Option<String>,
    /// Why, for programs.
    pub code: RejectCode,
    /// Why, for people.
    pub message: String,
    /// With which token.
    pub token: Option<TokenId>,
    /// When it was replayed, and what came of it.
    pub replayed: Option<(Timestamp, String)>,
}

/// Reads and settles what is in quarantine.
#[async_trait]
pub trait QuarantineStore: Send + Sync {
    /// Newest first, those not yet replayed; at most `limit`, older than the
    /// entry `before` where given.
    async fn open(
        &self,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<QuarantineEntry>, StoreError>;
    /// How many are open.
    async fn count_open(&self) -> Result<i64, StoreError>;
    /// One entry.
    async fn find(&self, id: Uuid) -> Result<Option<QuarantineEntry>, StoreError>;
    /// Records that an entry was replayed and what came of it, with an audit
    /// entry.
    async fn settle(
        &self,
        by: greengrid_domain::observability::Initiator,
        id: Uuid,
        at: Timestamp,
        result: &str,
    ) -> Result<(), StoreError>;
}
