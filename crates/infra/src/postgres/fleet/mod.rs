//! Sites, regions, devices and who may see them.

mod rows;
mod sites;
#[cfg(test)]
mod tests;

pub use sites::PgSiteStore;
pub(crate) use sites::{read_sites, save_in, share_in};
