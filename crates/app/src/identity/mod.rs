//! People, sessions and tokens.
//!
//! [`Identity`] is the one door to all of it. What is kept where is behind
//! the contracts of this module; who may do what is decided here.

mod accounts;
mod attempts;
mod contracts;
mod errors;
pub mod factors;
#[cfg(test)]
mod fake;
mod letters;
mod links;
mod own;
#[cfg(test)]
mod own_tests;
mod people;
mod secrets;
mod service;
mod session;
mod sign_in;
#[cfg(test)]
mod tests;
mod throttle;
mod tokens;
mod trail;

pub use accounts::NewUser;
pub use contracts::{
    Account, Added, AttemptId, AttemptStore, AuditLog, Changed, Member, NewToken, PasswordHash,
    PasswordHasher, Person, SessionStore, SessionSummary, StoredSession, TokenStore, UserStore,
};
pub use errors::{AccountError, OwnError, SignInError};
pub use letters::invitation as invitation_letter;
pub use links::{FoundLink, Invitee, LinkError, LinkStore, Moved, NewLink, PasswordByLink};
pub use people::{PEOPLE_PER_PAGE, PeopleCounts, PeoplePage, PeopleQuery, PeopleSort, Standing};
pub use service::{DEMO_PASSWORD, Identity};
pub use session::{SessionKey, SessionLimits};
pub use throttle::{Admission, AttemptLimits};
pub use trail::{TRAIL_PER_PAGE, TrailEntry, TrailQuery};
