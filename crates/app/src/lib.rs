//! What GreenGrid does: the use cases, who may use them, and the contracts
//! they need from the outside world.
//!
//! Invariants of this crate:
//!
//! - No table, address or markup is known here.
//! - A contract (an `Arc<dyn …>`) exists only where input or output begins.
//! - Every use case that a person can start takes an [`actor::Actor`] and
//!   checks its permission before anything else.

pub mod actor;
pub mod chat;
pub mod clock;
pub mod customer;
pub mod error;
pub mod fleet;
pub mod identity;
pub mod ids;
pub mod ingestion;
pub mod live;
pub mod messages;
pub mod monitoring;
pub mod observability;
pub mod onboarding;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
