//! SolarEdge Monitoring API v2.

mod client;
mod contract;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::{Access, SolarEdge};
pub(super) use client::{HOSTS, token_call};
#[cfg(test)]
pub(super) use contract::KNOWN;
