//! Sites and their directory.

pub mod assumed;
mod contracts;
mod directory;
mod regions;

pub use contracts::{NewSite, SiteStore};
pub use directory::{Directory, FleetSnapshot};
pub use regions::{ChangeRegion, RegionError, RegionFigures, RegionStore, Regions};
