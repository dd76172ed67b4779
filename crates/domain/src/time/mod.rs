//! Intervals, days and zones.

mod interval;
mod zone;

pub use interval::Interval;
pub use zone::{SiteZone, UnknownZone};
