//! The read models, derived from the events.
//!
//! Everything is recomputed from the events of the touched quarter hours, never
//! added up from what came last: doing it twice, or in another order, ends the
//! same. The same statements serve the tables in use and, under another search
//! path, those of a rebuild.

mod rebuild;
mod round;
mod scope;
#[cfg(test)]
mod tests;
mod write;

pub use rebuild::{RebuildError, rebuild};
pub(crate) use round::{has_reached, newest, oldest_waiting, project};
