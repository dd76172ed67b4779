//! The morning overview and a customer's own sites.

pub(crate) mod dto;
mod handlers;
pub(crate) mod live;
mod own_sites;
#[cfg(test)]
mod tests;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/overview", handlers::overview)
        .post("/overview/{site}/take", handlers::take)
        .get("/my", handlers::own_sites)
}
