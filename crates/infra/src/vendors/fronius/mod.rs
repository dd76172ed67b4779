//! Fronius Solar.web Query API.

mod client;
mod map;
mod payload;
#[cfg(test)]
mod tests;

pub use client::Fronius;
