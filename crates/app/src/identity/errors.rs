use std::time::Duration;

use greengrid_domain::identity::{EmailAddressError, NewPasswordError, UserNameError};

use crate::actor::Denied;
use crate::error::StoreError;

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address is unknown, the password is wrong or the account is closed;
    /// nobody is told which.
    #[error("this e-mail address and password do not belong together")]
    Refused,
    /// Too many failures.
    #[error("too many attempts; wait a little before the next")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an account or token was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Only administrators may.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The address makes no sense.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// The name makes no sense.
    #[error(transparent)]
    Name(#[from] UserNameError),
    /// The password is not good enough.
    #[error(transparent)]
    Password(#[from] NewPasswordError),
    /// The password of the demo is known to everybody.
    #[error("this password is that of the demo, which everybody knows")]
    DemoPassword,
    /// Another account has the address.
    #[error("another account has this e-mail address")]
    EmailTaken,
    /// A token needs a purpose.
    #[error("a token needs at least one scope")]
    NoScope,
    /// Nobody takes away their own access by accident.
    #[error("nobody can change their own role or access")]
    Own,
    /// Only somebody with access who has set no password yet is invited.
    #[error("this person has a password already, or no access")]
    NotInvited,
    /// There is no such account or token.
    #[error("there is no such account or token")]
    Missing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why somebody's own account was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The present password is another.
    #[error("this is not your present password")]
    WrongPassword,
    /// Too many failures.
    #[error("too many attempts; wait a little before the next")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The address makes no sense.
    #[error(transparent)]
    Email(#[from] EmailAddressError),
    /// It is the address they have.
    #[error("this is the address you have")]
    SameAddress,
    /// The name makes no sense.
    #[error(transparent)]
    Name(#[from] UserNameError),
    /// The new password is not good enough.
    #[error(transparent)]
    Password(#[from] NewPasswordError),
    /// The password of the demo is known to everybody.
    #[error("this password is that of the demo, which everybody knows")]
    DemoPassword,
    /// Whoever asks has no account.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl OwnError {
    /// Whether it is about the password that shows who asks.
    #[must_use]
    pub const fn is_about_present_password(&self) -> bool {
        matches!(self, Self::WrongPassword | Self::TooMany { .. })
    }
}
