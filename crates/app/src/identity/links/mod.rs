//! Links that work once: mailed to somebody, they show that the mailbox is
//! theirs and let them set a password.

mod contracts;
mod errors;
mod new;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{FoundLink, LinkStore, Moved, PasswordByLink};
pub use errors::LinkError;
pub use new::NewLink;
pub use service::Invitee;
