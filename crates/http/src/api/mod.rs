//! Interfaces for programs.

mod answer;
pub(crate) mod decode;
mod fronius;
mod gate;
mod readings;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;

use crate::router::Routes;

pub use gate::Gate;

pub(crate) fn routes() -> Routes {
    // The handler limits the body itself, to answer with what is allowed.
    let receive = readings::receive.layer(DefaultBodyLimit::disable());
    let push = fronius::receive.layer(DefaultBodyLimit::disable());
    Routes::default().post("/api/v1/readings", receive).post("/ingest/fronius/{secret}", push)
}
