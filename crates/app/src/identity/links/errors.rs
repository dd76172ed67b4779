use greengrid_domain::identity::{LinkState, NewPasswordError, UserNameError};

use crate::error::StoreError;
use crate::identity::AccountError;

/// Why a link did not do what it is for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Nobody made such a link: it was altered, or is long gone.
    #[error("there is no such link")]
    Unknown,
    /// It does not work any more; never [`LinkState::Good`].
    #[error("this link does not work any more")]
    Over(LinkState),
    /// The name makes no sense.
    #[error(transparent)]
    Name(#[from] UserNameError),
    /// The password is not good enough.
    #[error(transparent)]
    Password(#[from] NewPasswordError),
    /// The password of the demo is known to everybody.
    #[error("this password is that of the demo, which everybody knows")]
    DemoPassword,
    /// Another account has the address by now.
    #[error("another account has this address by now")]
    AddressTaken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LinkError {
    /// Whether something better could be typed.
    #[must_use]
    pub const fn is_about_what_was_typed(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Password(_) | Self::DemoPassword)
    }
}

impl From<AccountError> for LinkError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Password(error) => Self::Password(error),
            AccountError::DemoPassword => Self::DemoPassword,
            AccountError::Store(error) => Self::Store(error),
            other => Self::Store(StoreError::new(other)),
        }
    }
}
