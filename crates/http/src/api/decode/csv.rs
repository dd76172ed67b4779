//! Readings as comma-separated values under a header line.
//!
//! A line is a row, always: no field of a reading holds a line break, and a
//! quotation mark left open must not swallow the rows that follow.

use std::borrow::Cow;

use greengrid_app::ingestion::RejectCode;

use super::fields::{Field, RawRow, Value, Wrong, excerpt};
use super::rows::Rows;
use super::{BYTE_ORDER_MARK, TooManyRows};

const REQUIRED: [Field; 4] = [Field::SiteId, Field::TimestampUtc, Field::PowerW, Field::EnergyWh];

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

/// Reads the rows of a payload from `start` on; empty lines do not count.
pub(super) fn lines(
    payload: &[u8],
    start: usize,
    columns: &Columns,
    rows: &mut Rows,
    most: u32,
) -> Result<(), TooManyRows> {
    let mut at = start;
    for line in payload[start..].split_inclusive(|byte| *byte == b'\n') {
        let from = at;
        at += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.trim_ascii().is_empty() {
            continue;
        }
        if rows.count() >= most {
            return Err(TooManyRows);
        }
        rows.add(from..from + line.len(), |row, span| columns.row(line)?.reading(row, span));
    }
    Ok(())
}

fn split(line: &str) -> Result<Vec<Cow<'_, str>>, Wrong> {
    Values(Some(line)).collect()
}

/// The values of one line.
struct Values<'a>(Option<&'a str>);

impl<'a> Iterator for Values<'a> {
    type Item = Result<Cow<'a, str>, Wrong>;

    fn next(&mut self) -> Option<Self::Item> {
        let line = self.0?;
        if let Some(quoted) = line.strip_prefix('"') {
            return Some(self.quoted(quoted));
        }
        if let Some((value, rest)) = line.split_once(',') {
            self.0 = Some(rest);
            return Some(Ok(Cow::Borrowed(value)));
        }
        self.0 = None;
        Some(Ok(Cow::Borrowed(line)))
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
