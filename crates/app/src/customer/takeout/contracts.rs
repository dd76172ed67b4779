use std::io::{self, Read};

use async_trait::async_trait;
use greengrid_domain::identity::UserId;
use jiff::Timestamp;
use uuid::Uuid;

use crate::error::StoreError;

/// How far a file of somebody's data is.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum TakeoutState {
    /// Asked for.
    Waiting,
    /// Being put together.
    Running,
    /// To be had.
    Ready,
    /// It could not be put together.
    Failed,
}

/// A file of all data of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeout {
    /// Which.
    pub id: Uuid,
    /// How far it is.
    pub state: TakeoutState,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Days of sites read so far.
    pub done: i32,
    /// Days of sites in all; 0 until that is known.
    pub total: i32,
    /// Its size in bytes, once it is ready.
    pub bytes: i64,
    /// Until when it is to be had, once it is ready.
    pub ready_until: Option<Timestamp>,
}

/// What came of asking for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// It will be put together.
    Done,
    /// One is being put together already.
    UnderWay,
}

/// A file to be put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakeoutJob {
    /// Which.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
}

/// Keeps files of people's data, by its own clock. Every change of one is told
/// by [`crate::live::Topic::Person`].
#[async_trait]
pub trait TakeoutStore: Send + Sync {
    /// Notes that a person wants a file, with an audit entry.
    async fn request(&self, user: UserId, id: Uuid) -> Result<Requested, StoreError>;
    /// The last file that a person asked for; one that is past its time is not
    /// there any more.
    async fn latest(&self, user: UserId) -> Result<Option<Takeout>, StoreError>;
    /// Takes on a file that waits, or whose maker fell silent.
    async fn claim(&self) -> Result<Option<TakeoutJob>, StoreError>;
    /// What is known of a person besides readings, as JSON.
    async fn account(&self, user: UserId) -> Result<String, StoreError>;
    /// Notes how far a file is. Returns whether it is still wanted.
    async fn progress(&self, id: Uuid, done: i32, total: i32) -> Result<bool, StoreError>;
    /// Keeps a part of a file, counted from 0, in the place of an earlier try.
    async fn put(&self, id: Uuid, part: i32, bytes: &[u8]) -> Result<(), StoreError>;
    /// Notes that all parts of a file are there.
    async fn finish(&self, id: Uuid, bytes: i64) -> Result<(), StoreError>;
    /// Notes that a file could not be put together.
    async fn fail(&self, id: Uuid) -> Result<(), StoreError>;
    /// A part of a file that is ready, for the person whose it is.
    async fn part(&self, user: UserId, id: Uuid, part: i32) -> Result<Option<Vec<u8>>, StoreError>;
    /// Deletes files past their time.
    async fn sweep(&self) -> Result<(), StoreError>;
}

/// Makes archives: files that hold others, made smaller.
pub trait Archives: Send + Sync {
    /// An empty one.
    fn begin(&self) -> io::Result<Box<dyn Archive>>;
}

/// An archive that is being filled.
pub trait Archive: Send {
    /// Begins the next file in it.
    fn file(&mut self, name: &str) -> io::Result<()>;
    /// Adds to the file that was begun last.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// The archive, from its beginning.
    fn finish(self: Box<Self>) -> io::Result<Box<dyn Read + Send>>;
}
