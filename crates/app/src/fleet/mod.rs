//! Sites and their directory.

mod contracts;
mod directory;

pub use contracts::{NewSite, SiteStore};
pub use directory::{Directory, FleetSnapshot};
