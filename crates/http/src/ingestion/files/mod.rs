//! Files of sites and readings, read piece by piece.

mod labels;
mod open_sites;
mod readings;
mod report;
mod sites;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use labels::read_labels;
pub(crate) use open_sites::{OpenSite, read_open_sites};
pub(crate) use readings::{holds_readings, pieces};
pub use report::{HEADER, report};
pub(crate) use sites::read_sites;
pub use source::InputFile;
