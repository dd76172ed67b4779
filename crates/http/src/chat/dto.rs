use greengrid_app::chat::{Look, Window, WritePost};
use greengrid_domain::chat::Room;
use serde::Deserialize;
use uuid::Uuid;

use crate::fault::Fault;

/// Which part of a room a page shows, and what to begin a post with.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RoomQuery {
    from: Option<i64>,
    until: Option<i64>,
    /// Place of a post to be shown.
    at: Option<i64>,
    /// Text to begin with: a link from elsewhere names what it is about.
    #[serde(default)]
    pub(super) say: String,
}

impl RoomQuery {
    /// The part asked for.
    pub(super) fn look(&self) -> Look {
        match (self.at, self.window()) {
            (Some(at), _) => Look::At(at),
            (None, Some(window)) => Look::Part(window),
            (None, None) => Look::End,
        }
    }

    /// A window, where one is given.
    pub(super) fn window(&self) -> Option<Window> {
        let from = self.from?.max(1);
        Some(Window { from, until: self.until.map(|until| until.max(from)) })
    }
}

/// A post as it is sent.
#[derive(Debug, Deserialize)]
pub(super) struct PostDto {
    /// Key that came with the form.
    id: Option<Uuid>,
    #[serde(default)]
    pub(super) text: String,
}

impl PostDto {
    /// What is to be said. Whoever sends no key gets one.
    pub(super) fn command(&self, room: Room, fresh: impl FnOnce() -> Uuid) -> WritePost {
        let id = self.id.unwrap_or_else(fresh).into();
        WritePost { room, id, text: self.text.clone() }
    }
}

/// How far somebody has read.
#[derive(Debug, Deserialize)]
pub(super) struct ReadDto {
    pub(super) seq: i64,
}

/// Text with which something is done to a post.
#[derive(Debug, Deserialize)]
pub(super) struct TextDto {
    #[serde(default)]
    pub(super) text: String,
}

/// The room that an address names.
pub(super) fn room(text: &str) -> Result<Room, Fault> {
    text.parse().map_err(|_| Fault::NotFound)
}
