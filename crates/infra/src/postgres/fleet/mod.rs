//! Sites, regions, devices and who may see them.

mod rows;
mod sites;

pub use sites::PgSiteStore;
