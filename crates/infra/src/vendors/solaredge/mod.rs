//! SolarEdge Monitoring API v2.

mod client;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::{Access, SolarEdge};
