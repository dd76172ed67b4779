//! Readings in.

pub mod broker;
pub mod canary;
pub mod connections;
mod contracts;
mod devices;
mod histories;
mod imports;
mod prepare;
mod replay;
mod samples;
mod service;
#[cfg(test)]
mod tests;
pub mod vendors;

pub use contracts::{
    AppendOutcome, AppendRow, EventStore, QuarantineEntry, QuarantineStore, ReadingRow, Receipt,
    RejectCode, Rejection, Source, Submission, Verdict,
};
pub use imports::{
    ImportError, ImportJob, ImportProgress, ImportReject, ImportState, ImportStore, Imports,
    NewImport, Piece, SitesFile,
};
pub use replay::QuarantineError;
pub use samples::{SampleError, SampleTrail, Samples};
pub use service::{Ingestion, Tally};
