//! Sites, regions, devices and who may see them.

mod regions;
#[cfg(test)]
mod regions_tests;
mod rows;
mod sites;
#[cfg(test)]
mod tests;

pub use regions::PgRegionStore;
pub use sites::PgSiteStore;
pub(crate) use sites::{read_sites, save_in, share_in};
