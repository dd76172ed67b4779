use std::time::Duration;

use greengrid_domain::identity::SecondCodeError;

use crate::actor::Denied;
use crate::error::StoreError;
use crate::identity::OwnError;

/// Why a second factor was not accepted or changed.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// It makes no code.
    #[error(transparent)]
    Code(#[from] SecondCodeError),
    /// The code is wrong, or was used before.
    #[error("this code is not right, or was used already; take the one that the app shows now")]
    WrongCode,
    /// Too many wrong codes.
    #[error("too many attempts; wait a little before the next")]
    TooMany {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Nothing was begun, or it is on already.
    #[error("this has changed in the meantime; look at the page again")]
    NotNow,
    /// The password that shows who asks was not accepted.
    #[error(transparent)]
    Own(#[from] OwnError),
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
