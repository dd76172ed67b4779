//! Which letters a person wants, and the way out that every letter carries.

mod dto;
mod handlers;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/account/notices", handlers::notices)
        .post("/account/notices", handlers::choose)
        .get("/unsubscribe/{secret}", handlers::way_out)
        .post("/unsubscribe/{secret}", handlers::stop)
}
