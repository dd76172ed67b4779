//! The shift handover: what changed since the last report, what was done about
//! it, and what waits.

mod contracts;
mod model;
mod service;
mod sort;
#[cfg(test)]
mod tests;

pub use contracts::HandoverStore;
pub use model::{AlertDeed, Deed, Handover, PlannedWork, PutOff, Turn, Turns, Waits};
pub use service::{HandoverError, Handovers};
