//! The demo: an invented fleet of 200 sites, its weather, what goes wrong
//! there, and a clock of its own.
//!
//! Everything is a function of the seed and of the instant, so 90 days of
//! history and the live feed are two views of one world, and a stretch that
//! nobody watched can be made up at any time.

mod accounts;
mod clock;
mod faults;
mod feed;
mod file;
mod fleet;
mod history;
mod inverters;
mod model;
mod moment;
mod names;
mod noise;
mod placed;
mod seed;
mod standing;
mod steps;
mod weather;

use greengrid_domain::time::SiteZone;
use jiff::civil::{Date, date};

pub use accounts::{ACCOUNTS, DemoAccount};
pub use clock::{DemoClock, first_look, opening, resumption};
pub use faults::{Fault, FaultKind};
pub use feed::Feed;
pub use file::{AccountEntry, DemoFile, SiteEntry};
pub use fleet::{DemoFleet, DemoSite};
pub use history::polled_from;
pub use inverters::Inverter;
pub use model::{Generated, Sky, World};
pub use placed::{PLACED, Placed};
pub use seed::{Demo, DemoError, DemoSettings, DemoStores};

/// Told of each slow step: what it does, how much of it is done, and of how
/// much.
pub type Progress<'a> = dyn Fn(&'static str, u64, u64) + Send + Sync + 'a;

/// The day on which the demo opens, a Friday.
pub const OPENING_DAY: Date = date(2026, 6, 12);

/// Days of history before it.
pub const HISTORY_DAYS: u16 = 90;

/// The zone by which the demo's clock opens its days.
fn home_zone() -> SiteZone {
    HOME_ZONE.parse().unwrap_or_else(|_| SiteZone::utc())
}

const HOME_ZONE: &str = "Europe/Berlin";

#[cfg(test)]
mod judged_tests;
#[cfg(test)]
mod seed_tests;
#[cfg(test)]
mod tests;
