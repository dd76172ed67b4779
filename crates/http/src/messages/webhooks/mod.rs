//! Webhooks: programs that are told, and what became of what they were told.

mod guide;
mod handlers;
pub(crate) mod live;
mod log;
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
        .get("/webhooks/{webhook}/{delivery}", handlers::delivery)
        .post("/webhooks/{webhook}/{delivery}/resend", handlers::resend)
}
