//! What could not be taken: to be looked at and tried again.

mod handlers;
pub(crate) mod live;
mod replay;
mod views;

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/quarantine", handlers::list)
        .get("/quarantine/{entry}", handlers::entry)
        .get("/quarantine/{entry}/payload", handlers::payload)
        .post("/quarantine/{entry}/replay", handlers::replay)
}
