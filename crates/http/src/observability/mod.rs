//! The program at work: live panels, the trace of one request, a burst of
//! load, metrics, health.

mod burst;
mod follow;
mod handlers;
mod layer;
pub(crate) mod live;
pub(crate) mod metrics;
mod ready;
mod trace;
mod views;
mod watch;

pub use burst::Bursts;
pub(crate) use follow::Followed;
pub use layer::signals;
pub(crate) use ready::is_ready;

use crate::router::Routes;
use crate::urls;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/healthz", async || "ok\n")
        .get("/readyz", ready::show)
        .get("/metrics", metrics::show)
        .get(urls::SYSTEM, handlers::show)
        .get("/system/traces/{trace}", handlers::trace)
        .post(urls::FOLLOW, follow::post)
        .post(urls::FOLLOW_READING, follow::reading)
        .get("/system/burst/cheap", burst::cheap)
        .get("/system/burst/database", burst::database)
}

/// Begins to keep signals for a request that is to be followed. It has to be
/// known before the request's span begins.
pub(crate) fn follows(path: &str) {
    if path.starts_with(urls::FOLLOW) {
        watch::WATCH.begin();
    }
}

/// Looks once whether signals are still wanted; whether there are new ones.
pub(crate) fn look(watched: bool) -> bool {
    watch::WATCH.look(watched)
}
