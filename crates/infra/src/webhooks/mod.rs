//! Signed messages posted to other programs.

mod client;
mod reach;
#[cfg(any(test, feature = "testing"))]
pub mod receiver;
#[cfg(test)]
mod tests;

pub use client::HttpWebhooks;
