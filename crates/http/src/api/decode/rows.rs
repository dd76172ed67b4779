use std::ops::Range;

use greengrid_app::ingestion::{ReadingRow, Rejection};

use super::fields::Wrong;

/// Rows as they are read: each becomes a reading or a rejection, and its number
/// is its place among both.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    count: u32,
    /// Rows that could be read.
    pub(crate) taken: Vec<ReadingRow>,
    /// Rows that could not.
    pub(crate) rejected: Vec<Rejection>,
}

impl Rows {
    /// Starts to count after this many rows.
    pub(crate) fn after(count: u32) -> Self {
        Self { count, ..Self::default() }
    }

    /// How many rows there were so far, those before the start included.
    pub(crate) const fn count(&self) -> u32 {
        self.count
    }

    /// Adds the next row, read by `read` from its number and place.
    pub(super) fn add(
        &mut self,
        span: Range<usize>,
        read: impl FnOnce(u32, Range<usize>) -> Result<ReadingRow, Wrong>,
    ) {
        self.count = self.count.saturating_add(1);
        match read(self.count, span.clone()) {
            Ok(row) => self.taken.push(row),
            Err(wrong) => self.rejected.push(wrong.rejection(self.count, span)),
        }
    }
}
