//! Work that goes on in the background, once across all instances.

pub mod assessor;
mod lease;
pub mod poller;
pub mod projector;

pub use lease::{Task, leased};
