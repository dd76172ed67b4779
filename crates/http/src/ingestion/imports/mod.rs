//! Import of files from a page, and how it stands.

mod handlers;
pub(crate) mod live;
mod upload;
mod views;
mod work;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;

use crate::router::Routes;

pub use work::{Files, import};

pub(crate) fn routes() -> Routes {
    // A little more than the files, for what a form puts between them.
    let limit = DefaultBodyLimit::max(upload::LIMIT + (64 << 10));
    Routes::default()
        .get("/import", handlers::show)
        .post("/import", handlers::start.layer(limit))
        .get("/import/{job}", handlers::job)
        .get("/import/{job}/rejected.csv", handlers::rejected)
}
