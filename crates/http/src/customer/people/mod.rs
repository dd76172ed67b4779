//! Who belongs to one's own site, and sharing it.

mod dto;
mod handlers;
pub(crate) mod live;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/my/{site}/people", handlers::people)
        .post("/my/{site}/people", handlers::share)
        .post("/my/{site}/people/{user}/remove", handlers::remove)
}
