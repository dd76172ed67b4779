//! Webhooks: programs that are told, and what became of what they were told.

mod guide;
mod handlers;
pub(crate) mod live;
mod log;
mod secret;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/webhooks", handlers::list)
        .post("/webhooks", handlers::make)
        .get("/webhooks/{webhook}", handlers::show)
        .post("/webhooks/{webhook}/test", handlers::test)
        .post("/webhooks/{webhook}/switch", handlers::switch)
        .post("/webhooks/{webhook}/remove", handlers::remove)
        .post("/webhooks/{webhook}/rotate", handlers::rotate)
        .post("/webhooks/{webhook}/forget", handlers::forget)
        .get("/webhooks/{webhook}/{delivery}", handlers::delivery)
        .post("/webhooks/{webhook}/{delivery}/resend", handlers::resend)
}
