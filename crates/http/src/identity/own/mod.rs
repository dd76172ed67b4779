//! The page of one's own account: name, address, password, colours, and where
//! one is signed in.

mod dto;
mod handlers;
mod sessions;
mod views;

use crate::router::Routes;
use crate::urls;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(urls::ACCOUNT, handlers::show)
        .post("/account/name", handlers::rename)
        .post("/account/password", handlers::change_password)
        .post("/account/email", handlers::change_email)
        .post("/account/sessions/{session}/end", sessions::end)
        .post("/account/sessions/end-others", sessions::end_others)
}
