//! What the program wrote to people and told webhooks: which, to whom, and how
//! far it is.

mod frame;
mod handlers;
pub(crate) mod live;
#[cfg(test)]
mod tests;
mod views;
pub(crate) mod webhooks;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/mailbox", handlers::list)
        .get("/mailbox/{letter}", handlers::letter)
        .get("/mailbox/{letter}/html", handlers::html)
        .post("/mailbox/{letter}/resend", handlers::resend)
        .merge(webhooks::routes())
}
