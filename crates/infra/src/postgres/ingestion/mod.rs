//! The log of readings and what could not be taken.
//!
//! Submissions queue before a writer task that commits many of them at once:
//! one transaction with some thousand rows costs little more than one with ten,
//! and each answer still goes out only after its commit.

mod bulk;
mod copy;
mod events;
mod import_rows;
mod imports;
#[cfg(test)]
mod imports_tests;
mod partitions;
mod plan;
mod quarantine;
mod record;
mod samples;
mod stored;
#[cfg(test)]
pub(crate) mod tests;
mod transaction;
mod watermarks;
mod writer;

pub use events::PgEventStore;
pub use imports::PgImportStore;
pub use quarantine::PgQuarantineStore;
pub use samples::PgSampleTrail;
