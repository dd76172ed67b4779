use std::time::Duration;

use async_trait::async_trait;
use greengrid_domain::chat::{
    Author, Fixed, HeldFor, Mention, PostBody, PostId, Room, Standing, Undecidable,
};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::Note;
use jiff::Timestamp;

use super::records::{Found, Person, PostRecord, RoomHead, Window};
use crate::error::StoreError;

/// A post to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// Key, by which sending it twice is one post.
    pub id: PostId,
    /// Where.
    pub room: Room,
    /// What the room is to be called, if this is its first post.
    pub title: Option<String>,
    /// Who.
    pub author: UserId,
    /// What.
    pub body: PostBody,
    /// Whom and what it names.
    pub mentions: Vec<Mention>,
    /// Why it has to wait, if it has to.
    pub held_for: Option<HeldFor>,
    /// When.
    pub at: Timestamp,
}

/// What became of a post that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It has this place in the room.
    Visible(i64),
    /// It waits.
    Pending(HeldFor),
    /// It was there already.
    Again,
}

/// What somebody does with a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostChange {
    /// Its author says something else.
    Edit {
        /// What now.
        body: PostBody,
        /// Whom and what it names now.
        mentions: Vec<Mention>,
        /// Why it has to wait now, if it has to.
        held_for: Option<HeldFor>,
    },
    /// Its author removes it.
    TakeBack,
    /// Somebody lets it be seen.
    Approve,
    /// Somebody removes it.
    Remove {
        /// Why.
        reason: Note,
    },
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is made.
    Done,
    /// There is no such post.
    Missing,
    /// Its author may not any more, or it is somebody else's.
    Fixed(Fixed),
    /// It is not to be decided.
    Undecidable(Undecidable),
}

/// Keeps rooms and what is said in them. Every change is one transaction, with
/// its audit entry and with the notice to those who look.
#[async_trait]
pub trait ChatStore: Send + Sync {
    /// The active people of the team, by name.
    async fn people(&self) -> Result<Vec<Person>, StoreError>;
    /// The rooms in which something was said, and how far somebody has read.
    /// Titles are those kept with the room; empty for lobby and regions.
    async fn rooms(&self, reader: UserId) -> Result<Vec<RoomHead>, StoreError>;
    /// Place of the newest post of a room, and its title where one is kept;
    /// `None` while nothing was said there.
    async fn room(&self, room: &Room) -> Result<Option<(i64, Option<String>)>, StoreError>;
    /// What is known of somebody who posts, recent meaning since then.
    async fn author(&self, id: UserId, since: Timestamp) -> Result<Author, StoreError>;
    /// Keeps a post.
    async fn add(&self, post: &NewPost) -> Result<Added, StoreError>;
    /// A post, whatever its status.
    async fn find(&self, id: PostId) -> Result<Option<PostRecord>, StoreError>;
    /// The visible posts of a window, oldest first.
    async fn window(&self, room: &Room, window: Window) -> Result<Vec<PostRecord>, StoreError>;
    /// Changes a post as the rules of the domain allow.
    async fn change(
        &self,
        by: UserId,
        id: PostId,
        at: Timestamp,
        change: &PostChange,
    ) -> Result<Changed, StoreError>;
    /// Notes how far somebody has read. Never goes back.
    async fn mark_read(&self, reader: UserId, room: &Room, seq: i64) -> Result<(), StoreError>;
    /// Posts that wait for a decision, oldest first.
    async fn waiting(&self) -> Result<Vec<PostRecord>, StoreError>;
    /// How many wait.
    async fn count_waiting(&self) -> Result<i64, StoreError>;
    /// Somebody's own posts that wait, or that somebody else removed since
    /// then; newest first.
    async fn held(&self, author: UserId, since: Timestamp) -> Result<Vec<PostRecord>, StoreError>;
    /// What was decided lately, newest first.
    async fn decided(&self) -> Result<Vec<PostRecord>, StoreError>;
    /// The newest visible posts that match these words, of those that are older
    /// than `before` if that is given: a page of them, and one more where more
    /// follow.
    async fn search(&self, words: &str, before: Option<PostId>) -> Result<Vec<Found>, StoreError>;
}

/// Counts what people post.
pub trait PostLimiter: Send + Sync {
    /// Counts a post; an error is the time after which one is allowed again.
    fn admit(&self, by: UserId, room: &Room, standing: Standing) -> Result<(), Duration>;
}
