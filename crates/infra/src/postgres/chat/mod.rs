//! Rooms and what is said in them.

mod read;
mod rows;
mod search;
#[cfg(test)]
mod tests;
mod write;

use async_trait::async_trait;
use greengrid_app::chat::{
    Added, Changed, ChatStore, Found, NewPost, Person, PostChange, PostRecord, RoomHead, Window,
};
use greengrid_app::error::StoreError;
use greengrid_domain::chat::{Author, PostId, Room};
use greengrid_domain::identity::UserId;
use jiff::Timestamp;
use sqlx::PgPool;

use crate::postgres::failure::failed;

/// The team's conversation in Postgres.
#[derive(Debug, Clone)]
pub struct PgChatStore {
    pool: PgPool,
}

impl PgChatStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl ChatStore for PgChatStore {
    async fn people(&self) -> Result<Vec<Person>, StoreError> {
        read::people(&self.pool).await.map_err(failed)
    }

    async fn rooms(&self, reader: UserId) -> Result<Vec<RoomHead>, StoreError> {
        read::rooms(&self.pool, reader).await.map_err(failed)
    }

    async fn room(&self, room: &Room) -> Result<Option<(i64, Option<String>)>, StoreError> {
        read::room(&self.pool, room).await.map_err(failed)
    }

    async fn author(&self, id: UserId, since: Timestamp) -> Result<Author, StoreError> {
        read::author(&self.pool, id, since).await.map_err(failed)
    }

    async fn add(&self, post: &NewPost) -> Result<Added, StoreError> {
        write::add(&self.pool, post).await.map_err(failed)
    }

    async fn find(&self, id: PostId) -> Result<Option<PostRecord>, StoreError> {
        read::find(&self.pool, id).await.map_err(failed)
    }

    async fn window(&self, room: &Room, window: Window) -> Result<Vec<PostRecord>, StoreError> {
        read::window(&self.pool, room, window).await.map_err(failed)
    }

    async fn change(
        &self,
        by: UserId,
        id: PostId,
        at: Timestamp,
        change: &PostChange,
    ) -> Result<Changed, StoreError> {
        write::change(&self.pool, by, id, at, change).await.map_err(failed)
    }

    async fn mark_read(&self, reader: UserId, room: &Room, seq: i64) -> Result<(), StoreError> {
        write::mark_read(&self.pool, reader, room, seq).await.map_err(failed)
    }

    async fn waiting(&self) -> Result<Vec<PostRecord>, StoreError> {
        read::waiting(&self.pool).await.map_err(failed)
    }

    async fn count_waiting(&self) -> Result<i64, StoreError> {
        read::count_waiting(&self.pool).await.map_err(failed)
    }

    async fn held(&self, author: UserId, since: Timestamp) -> Result<Vec<PostRecord>, StoreError> {
        read::held(&self.pool, author, since).await.map_err(failed)
    }

    async fn decided(&self) -> Result<Vec<PostRecord>, StoreError> {
        read::decided(&self.pool).await.map_err(failed)
    }

    async fn search(&self, words: &str, before: Option<PostId>) -> Result<Vec<Found>, StoreError> {
        search::search(&self.pool, words, before).await.map_err(failed)
    }
}
