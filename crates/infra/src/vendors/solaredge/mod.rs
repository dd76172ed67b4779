//! SolarEdge Monitoring API v2.

mod client;
mod contract;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::{Access, SolarEdge};
#[cfg(test)]
pub(super) use contract::KNOWN;
