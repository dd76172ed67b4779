//! Readings as comma-separated values under a header line.
//!
//! A line is a row, unless a value in quotation marks goes on in the next: some
//! programs write remarks of several lines. A quotation mark that was merely
//! forgotten must not swallow the rows that follow, so lines are joined only
//! where they make a row together and none of them is one alone.

use std::borrow::Cow;

use greengrid_app::ingestion::RejectCode;

use super::fields::{Field, RawRow, Value, Wrong, excerpt};
use super::rows::Rows;
use super::{BYTE_ORDER_MARK, TooManyRows};

const REQUIRED: [Field; 4] = [Field::SiteId, Field::TimestampUtc, Field::PowerW, Field::EnergyWh];

/// Lines that one row may have.
const MOST_LINES: usize = 100;

/// Which field stands in which column, as the header line says.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    /// The header line without its line break.
    pub(crate) header: String,
    fields: Vec<Option<Field>>,
}

impl Columns {
    /// Understands a header line. Columns may come in any order; unknown ones
    /// are passed over.
    pub(super) fn of(header: &[u8]) -> Result<Self, Wrong> {
        let header = header.strip_prefix(BYTE_ORDER_MARK).unwrap_or(header).trim_ascii();
        let header = std::str::from_utf8(header)
            .map_err(|_| Wrong::malformed("the header line is not UTF-8"))?;
        let names = split(header)?;
        let fields: Vec<Option<Field>> =
            names.iter().map(|name| name.trim().to_ascii_lowercase().parse().ok()).collect();
        let times = |field| fields.iter().filter(|f| **f == Some(field)).count();
        if let Some(missing) = REQUIRED.into_iter().find(|field| times(*field) == 0) {
            return Err(Self::missing(missing, header));
        }
        let twice = fields.iter().flatten().find(|field| times(**field) > 1);
        if let Some(field) = twice {
            let message = format!("the column {} is there twice", field.name());
            return Err(Wrong { field: Some(*field), code: RejectCode::Malformed, message });
        }
        Ok(Self { header: header.to_owned(), fields })
    }

    fn missing(field: Field, header: &str) -> Wrong {
        let mut message = format!(
            "the column {} is missing; the header line is “{}”",
            field.name(),
            excerpt(header)
        );
        if header.contains(';') && !header.contains(',') {
            message.push_str("; columns are separated by commas");
        }
        Wrong { field: Some(field), code: RejectCode::MissingField, message }
    }

    /// The length of the first row of a text, with its line break; `None` when
    /// it may go on in what is still to come.
    fn row_length(&self, text: &[u8], more: bool) -> Option<usize> {
        let first = line_length(text);
        if !is_open(&text[..first]) {
            return Some(first);
        }
        let mut end = first;
        for _ in 1..MOST_LINES {
            if end == text.len() {
                return if more { None } else { Some(first) };
            }
            let line = &text[end..end + line_length(&text[end..])];
            end += line.len();
            if is_open(line) {
                let together = self.row(without_break(&text[..end])).is_ok();
                return Some(if together { end } else { first });
            }
            if self.row(without_break(line)).is_ok() {
                break;
            }
        }
        Some(first)
    }

    fn row<'a>(&self, line: &'a [u8]) -> Result<RawRow<'a>, Wrong> {
        let line =
            std::str::from_utf8(line).map_err(|_| Wrong::malformed("the row is not UTF-8"))?;
        let mut raw = RawRow::default();
        let mut columns = self.fields.iter();
        let mut count = 0_usize;
        for value in Values(Some(line)) {
            let value = value?;
            count += 1;
            if let Some(Some(field)) = columns.next() {
                raw.set(*field, Value::Text(value));
            }
        }
        if count == self.fields.len() {
            Ok(raw)
        } else {
            Err(Wrong::malformed(format!(
                "the row has {count} columns where the header has {}",
                self.fields.len()
            )))
        }
    }
}

/// Cuts the header line off a payload: what it says, and where the rows begin.
pub(super) fn header(payload: &[u8]) -> Result<(Columns, usize), Wrong> {
    let end = payload.iter().position(|byte| *byte == b'\n');
    let line = &payload[..end.unwrap_or(payload.len())];
    Ok((Columns::of(line)?, end.map_or(payload.len(), |end| end + 1)))
}

/// Reads the rows of a payload from `start` on; empty lines do not count. Gives
/// where it ended: at the end of the payload or, when `more` of it is to come,
/// before a last row that may go on there.
pub(super) fn rows(
    payload: &[u8],
    start: usize,
    columns: &Columns,
    rows: &mut Rows,
    most: u32,
    more: bool,
) -> Result<usize, TooManyRows> {
    let mut at = start;
    while at < payload.len() {
        let Some(length) = columns.row_length(&payload[at..], more) else { break };
        let (from, text) = (at, without_break(&payload[at..at + length]));
        at += length;
        if text.trim_ascii().is_empty() {
            continue;
        }
        if rows.count() >= most {
            return Err(TooManyRows);
        }
        rows.add(from..from + text.len(), |row, span| columns.row(text)?.reading(row, span));
    }
    Ok(at)
}

/// The length of the first line, with its line break.
fn line_length(text: &[u8]) -> usize {
    text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| at + 1)
}

fn without_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Whether a value in quotation marks begins in this line and does not end
/// there, or the other way round.
fn is_open(line: &[u8]) -> bool {
    line.iter().fold(false, |open, byte| open ^ (*byte == b'"'))
}

fn split(line: &str) -> Result<Vec<Cow<'_, str>>, Wrong> {
    Values(Some(line)).collect()
}

/// The values of one row.
struct Values<'a>(Option<&'a str>);

impl<'a> Iterator for Values<'a> {
    type Item = Result<Cow<'a, str>, Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.0?;
        if let Some(quoted) = line.strip_prefix('"') {
            return Some(self.quoted(quoted));
        }
        let (value, rest) =
            line.split_once(',').map_or((line, None), |(value, rest)| (value, Some(rest)));
        self.0 = rest;
        if value.contains('\n') {
            self.0 = None;
            return Some(Err(Wrong::malformed("a line breaks off outside of quotation marks")));
        }
        Some(Ok(Cow::Borrowed(value)))
    }
}

impl<'a> Values<'a> {
    /// A value in quotation marks, the first of them already read; within, two
    /// of them mean one.
    fn quoted(&mut self, text: &'a str) -> Result<Cow<'a, str>, Wrong> {
        self.0 = None;
        let mut from = 0;
        loop {
            let Some(mark) = text[from..].find('"').map(|at| from + at) else {
                return Err(Wrong::malformed("a quotation mark is not closed"));
            };
            let rest = &text[mark + 1..];
            if rest.starts_with('"') {
                from = mark + 2;
                continue;
            }
            match rest.strip_prefix(',') {
                Some(rest) => self.0 = Some(rest),
                None if rest.is_empty() => {}
                None => return Err(Wrong::malformed("something follows a closing quotation mark")),
            }
            let value = &text[..mark];
            return Ok(if value.contains('"') {
                Cow::Owned(value.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(value)
            });
        }
    }
}
