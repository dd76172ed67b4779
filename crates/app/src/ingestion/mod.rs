//! Readings in.

mod contracts;

pub use contracts::{
    AppendOutcome, AppendRow, EventStore, QuarantineEntry, QuarantineStore, ReadingRow, Receipt,
    RejectCode, Rejection, Source, Submission, Verdict,
};
