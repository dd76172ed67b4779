//! Readings in.

mod contracts;
mod devices;
mod histories;
mod prepare;
mod replay;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{
    AppendOutcome, AppendRow, EventStore, QuarantineEntry, QuarantineStore, ReadingRow, Receipt,
    RejectCode, Rejection, Source, Submission, Verdict,
};
pub use replay::QuarantineError;
pub use service::Ingestion;
