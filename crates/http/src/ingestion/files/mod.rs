//! Files of sites and readings, read piece by piece.

mod readings;
mod report;
mod sites;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use readings::pieces;
pub use report::{HEADER, report};
pub(crate) use sites::read_sites;
pub use source::InputFile;
