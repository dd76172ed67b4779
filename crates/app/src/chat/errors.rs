use std::time::Duration;

use greengrid_domain::chat::{Fixed, PostBodyError, Undecidable};
use greengrid_domain::monitoring::NoteError;

use crate::actor::Denied;
use crate::error::StoreError;

/// Why nothing is shown of a room, or nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// Not with this role.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such room, or post.
    #[error("there is no such room or post")]
    Missing,
    /// A decision needs a reason.
    #[error(transparent)]
    Reason(#[from] NoteError),
    /// The post cannot be decided about.
    #[error(transparent)]
    Undecidable(#[from] Undecidable),
    /// The post cannot be changed.
    #[error(transparent)]
    Fixed(#[from] Fixed),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why nothing was posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The text is no post.
    #[error(transparent)]
    Body(#[from] PostBodyError),
    /// Too many posts in too short a time.
    #[error("that was a lot at once")]
    TooFast(Duration),
    /// Nothing to do with the text.
    #[error(transparent)]
    Chat(#[from] ChatError),
}

impl From<StoreError> for PostError {
    fn from(error: StoreError) -> Self {
        Self::Chat(error.into())
    }
}

impl From<Denied> for PostError {
    fn from(error: Denied) -> Self {
        Self::Chat(error.into())
    }
}
