//! A person's data: taking it out, and closing the account.

mod handlers;
pub(crate) mod live;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/account/data", handlers::data)
        .post("/account/data", handlers::request)
        .get("/account/data/{takeout}/download", handlers::download)
        .get("/account/close", handlers::ask)
        .post("/account/close", handlers::close)
}
