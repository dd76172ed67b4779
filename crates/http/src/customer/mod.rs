//! What the owner of a site sees and decides: their sites, each with its
//! history and its worth.

pub(crate) mod dto;
mod handlers;
mod history_csv;
pub(crate) mod live;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/my", handlers::sites)
        .get("/my/{site}", handlers::site)
        .get("/my/{site}/curve", handlers::curve)
        .get("/my/{site}/history.csv", handlers::history_csv)
        .post("/my/{site}/worth", handlers::state_worth)
}
