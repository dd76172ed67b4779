//! Conversation of the team.

mod contracts;
mod errors;
mod naming;
mod records;
mod service;

pub use contracts::{Added, Changed, ChatStore, NewPost, PostChange, PostLimiter};
pub use errors::{ChatError, PostError};
pub use records::{Found, FoundPage, Inbox, Look, Person, PostRecord, RoomHead, Thread, Window};
pub use service::{Chat, WritePost};
