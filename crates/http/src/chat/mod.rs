//! Rooms, what is said in them, and who decides what stays.

mod cards;
mod dto;
mod handlers;
pub(crate) mod live;
mod mentions;
mod moderation;
mod posts;
mod search;
#[cfg(test)]
mod tests;
mod views;

use axum::response::{IntoResponse, Redirect};
use greengrid_app::chat::{ChatError, PostError};

use crate::fault::Fault;
use crate::router::Routes;
use crate::urls;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get(urls::CHAT, async || Redirect::to(urls::LOBBY).into_response())
        .get("/chat/search", search::show)
        .get(urls::MENTIONS, mentions::offer)
        .get("/chat/moderation", moderation::show)
        .get("/chat/people/{user}", cards::person_page)
        .get("/chat/people/{user}/card", cards::person)
        .get("/chat/sites/{site}/card", cards::site)
        .get("/chat/anomalies/{anomaly}", cards::anomaly_page)
        .get("/chat/anomalies/{anomaly}/card", cards::anomaly)
        .get("/chat/posts/{post}", posts::show)
        .get("/chat/posts/{post}/edit", posts::begin_edit)
        .post("/chat/posts/{post}/edit", posts::edit)
        .post("/chat/posts/{post}/take-back", posts::take_back)
        .post("/chat/posts/{post}/approve", moderation::approve)
        .post("/chat/posts/{post}/remove", moderation::remove)
        .get("/chat/{room}", handlers::show)
        .post("/chat/{room}", handlers::post)
        .post("/chat/{room}/read", handlers::read)
}

impl From<ChatError> for Fault {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Denied(denied) => denied.into(),
            ChatError::Missing => Self::NotFound,
            ChatError::Store(store) => store.into(),
            ChatError::Undecidable(_) | ChatError::Fixed(_) => Self::Conflict(error.to_string()),
            ChatError::Reason(_) => Self::Unprocessable(error.to_string()),
        }
    }
}

impl From<PostError> for Fault {
    fn from(error: PostError) -> Self {
        match error {
            PostError::Chat(chat) => chat.into(),
            PostError::Body(_) => Self::Unprocessable(error.to_string()),
            PostError::TooFast(retry_after) => Self::TooMany { retry_after },
        }
    }
}
