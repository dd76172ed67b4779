//! Work that goes on in the background, once across all instances.

pub mod alerts;
mod apart;
pub mod assessor;
pub mod courier;
pub mod customer;
mod lease;
pub mod onboarding;
pub mod poller;
pub mod postman;
pub mod projector;
pub mod reports;

pub(crate) use apart::apart;
pub use lease::{Task, leased};
