//! People, sessions and tokens.
//!
//! [`Identity`] is the one door to all of it. What is kept where is behind
//! the contracts of this module; who may do what is decided here.

mod accounts;
mod contracts;
mod errors;
#[cfg(test)]
mod fake;
mod links;
mod secrets;
mod service;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;

pub use accounts::NewUser;
pub use contracts::{
    Account, Added, AttemptId, AttemptStore, AuditLog, Changed, Member, NewToken, PasswordHash,
    PasswordHasher, Person, SessionStore, StoredSession, TokenStore, UserStore,
};
pub use errors::{AccountError, SignInError};
pub use links::{FoundLink, Invitee, LinkError, LinkStore, NewLink, PasswordByLink};
pub use service::{DEMO_PASSWORD, Identity};
pub use session::{SessionKey, SessionLimits};
pub use throttle::{Admission, AttemptLimits};
