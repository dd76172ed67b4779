//! Fronius Solar.web Query API.

mod client;
mod contract;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::Fronius;
#[cfg(test)]
pub(super) use contract::KNOWN;
