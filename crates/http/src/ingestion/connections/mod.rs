//! How the connections to vendors do, what they spend, and what can be done.

mod handlers;
mod incidents;
pub(crate) mod live;
mod model;
mod notes;
mod outside;
#[cfg(test)]
mod tests;
mod views;

pub(crate) use model::{Trouble, troubles_now};

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/connections", handlers::show)
        .post("/connections/{connection}/test", handlers::test)
        .post("/connections/{connection}/pause", handlers::pause)
        .post("/connections/{connection}/back-fill", handlers::back_fill)
}
