//! Import of files: sites first, then readings piece by piece through the same
//! door as every other reading, with progress that others can follow.

mod contracts;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{ImportJob, ImportProgress, ImportReject, ImportState, ImportStore};
pub use service::{ImportError, Imports, NewImport, Piece, SitesFile};
