//! The fleet in memory: what came in, what should have, what is wrong.
//!
//! No I/O and no clock of its own. The live [`super::Assessor`] and the
//! [`super::Backtest`] drive it alike: what arrived, then what time it is, then
//! what is found.

mod fleet;
mod learning;
mod region;
mod site;

pub(super) use fleet::{Engine, Judged};
pub(super) use region::RegionSky;
pub(super) use site::{SiteWatch, Stretch};
