//! The shift handover.

pub(super) mod gist;
mod handlers;
pub(crate) mod live;
#[cfg(test)]
mod tests;
pub(super) mod turns;
mod views;
mod waits;

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::default().get("/handover", handlers::show)
}
