//! Readings from bytes: pure functions from what was sent to rows that can be
//! submitted and rows that cannot, each with its place and reason.
//!
//! A row that cannot be read never harms its neighbours. Only a payload whose
//! rows cannot be told apart is refused whole.

mod csv;
mod fields;
mod gzip;
mod json;
mod media;
mod rows;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use greengrid_app::ingestion::{RejectCode, Rejection, Source, Submission};
use greengrid_domain::identity::TokenId;

pub(crate) use self::csv::Columns;
use self::fields::Wrong;
use self::gzip::GzipError;
use self::json::ArrayError;
pub(crate) use self::media::{Format, Media};
use self::rows::Rows;

/// Bytes that a body may unpack to.
pub(crate) const MAX_UNPACKED: usize = 64 << 20;
/// Rows that one body may hold.
pub(crate) const MAX_ROWS: u32 = 250_000;

/// What some programs put before the first character of a text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// There are more than [`MAX_ROWS`] rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TooManyRows;

/// Why nothing of a payload could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// It is more than one request may hold; nothing of it is kept.
    TooLarge(String),
    /// It is not what it claims to be. The bytes are what is to be kept, as far
    /// as they could be unpacked.
    Payload {
        /// What is wrong.
        rejection: Rejection,
        /// Under which type to keep it.
        content_type: &'static str,
        /// What to keep.
        payload: Vec<u8>,
    },
}

impl Undecodable {
    fn payload(wrong: Wrong, content_type: &'static str, payload: Vec<u8>) -> Self {
        let rejection = Rejection { row: None, ..wrong.rejection(0, 0..payload.len()) };
        Self::Payload { rejection, content_type, payload }
    }
}

/// Reads a body that came with these headers.
pub(crate) fn decode(
    source: Source,
    token: Option<TokenId>,
    media: Media,
    body: Vec<u8>,
) -> Result<Submission, Undecodable> {
    let content_type = media.format.content_type();
    let mut payload = if media.gzip { unpack(body)? } else { body };
    if payload.starts_with(BYTE_ORDER_MARK) {
        payload.drain(..BYTE_ORDER_MARK.len());
    }
    let mut rows = Rows::default();
    let header = match read(media.format, &payload, &mut rows) {
        Ok(header) => header,
        Err(ReadError::TooManyRows) => {
            let message = format!("one request may hold at most {MAX_ROWS} readings");
            return Err(Undecodable::TooLarge(message));
        }
        Err(ReadError::Wrong(wrong)) => {
            return Err(Undecodable::payload(wrong, content_type, payload));
        }
    };
    Ok(Submission {
        source,
        token,
        content_type,
        header,
        payload: Arc::from(payload),
        rows: rows.taken,
        rejected: rows.rejected,
    })
}

/// Reads some lines of a CSV file whose header is known. The rows are counted
/// on from `after`. When `more` lines follow, `lines` is left with those of a
/// last row that may go on there.
pub(crate) fn decode_lines(
    source: Source,
    columns: &Columns,
    lines: &mut Vec<u8>,
    after: u32,
    more: bool,
) -> (Submission, u32) {
    let mut rows = Rows::after(after);
    // Without a limit there are never too many.
    let end = csv::rows(lines, 0, columns, &mut rows, u32::MAX, more).unwrap_or(lines.len());
    let rest = lines.split_off(end);
    let lines = std::mem::replace(lines, rest);
    let count = rows.count();
    let submission = Submission {
        source,
        token: None,
        content_type: Format::Csv.content_type(),
        header: Some(columns.header.clone()),
        payload: Arc::from(lines),
        rows: rows.taken,
        rejected: rows.rejected,
    };
    (submission, count)
}

/// Understands the header line of a CSV file; on failure says why, as a
/// rejection of the whole.
pub(crate) fn columns(header: &[u8]) -> Result<Columns, Rejection> {
    Columns::of(header)
        .map_err(|wrong| Rejection { row: None, ..wrong.rejection(0, 0..header.len()) })
}

/// Unpacks a body of gzip.
pub(crate) fn unpack(body: Vec<u8>) -> Result<Vec<u8>, Undecodable> {
    match gzip::unpack(&body, MAX_UNPACKED) {
        Ok(payload) => Ok(payload),
        Err(GzipError::TooLarge) => {
            let limit = MAX_UNPACKED >> 20;
            Err(Undecodable::TooLarge(format!("the body unpacks to more than {limit} MiB")))
        }
        Err(GzipError::Broken) => {
            let wrong = Wrong::malformed("the body is not complete gzip");
            Err(Undecodable::payload(wrong, "application/gzip", body))
        }
    }
}

enum ReadError {
    TooManyRows,
    Wrong(Wrong),
}

impl From<TooManyRows> for ReadError {
    fn from(TooManyRows: TooManyRows) -> Self {
        Self::TooManyRows
    }
}

impl From<Wrong> for ReadError {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

/// Reads all rows; the header line, where the format has one, comes back.
fn read(format: Format, payload: &[u8], rows: &mut Rows) -> Result<Option<String>, ReadError> {
    if payload.trim_ascii().is_empty() {
        return Err(Wrong::malformed("the body is empty").into());
    }
    match format {
        Format::Csv => {
            let (columns, start) = csv::header(payload)?;
            csv::rows(payload, start, &columns, rows, MAX_ROWS, false)?;
            return Ok(Some(columns.header));
        }
        Format::Json => json::array(payload, rows).map_err(|error| match error {
            ArrayError::NotJson(message) => ReadError::Wrong(Wrong::malformed(message)),
            ArrayError::TooManyRows => ReadError::TooManyRows,
        })?,
        Format::Ndjson => json::lines(payload, rows)?,
    }
    // Not one object among the rows: this is something else altogether.
    let unreadable = |r: &Rejection| r.code == RejectCode::Malformed && r.field.is_none();
    if rows.taken.is_empty() && rows.count() > 0 && rows.rejected.iter().all(unreadable) {
        return Err(Wrong::malformed(rows.rejected.swap_remove(0).message).into());
    }
    Ok(None)
}
