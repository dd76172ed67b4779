//! The rules of solar fleet operations.
//!
//! Invariants of this crate:
//!
//! - Nothing here asks for the time, an id or a random number; they come in
//!   as arguments.
//! - Nothing here is async, reads a file, speaks SQL or knows a wire format.
//! - A value that exists is valid: text is parsed into a type once, at the
//!   edge, and the type is the proof afterwards.

pub mod chat;
pub mod customer;
pub mod fleet;
pub mod identity;
mod ids;
pub mod ingestion;
pub mod messages;
pub mod monitoring;
pub mod network;
pub mod observability;
pub mod onboarding;
pub mod text;
pub mod time;
pub mod units;
