//! Who did what.

mod audit;

pub use audit::{AuditEntry, AuditSubject, Initiator};
