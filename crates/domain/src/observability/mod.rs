//! Who did what.

mod audit;
pub mod signal;

pub use audit::{AuditEntry, AuditSubject, Initiator};
