//! Enphase API v4.

mod client;
mod contract;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::Enphase;
#[cfg(test)]
pub(super) use contract::KNOWN;
