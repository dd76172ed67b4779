//! Pages behind links that were mailed and work once.

mod dto;
mod handlers;
mod views;

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/invitation/{secret}", handlers::invitation)
        .post("/invitation/{secret}", handlers::accept)
}
