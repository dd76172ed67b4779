//! Enphase API v4.

mod client;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::Enphase;
