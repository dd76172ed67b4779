//! Letters the program wrote: which, to whom, and how far they are.

mod frame;
mod handlers;
pub(crate) mod live;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/mailbox", handlers::list)
        .get("/mailbox/{letter}", handlers::letter)
        .get("/mailbox/{letter}/html", handlers::html)
        .post("/mailbox/{letter}/resend", handlers::resend)
}
