//! The program at work: live panels, the trace of one request, a burst of
//! load, metrics, health.

mod burst;
mod handlers;
mod layer;
pub(crate) mod live;
pub(crate) mod metrics;
mod ready;
mod trace;
mod views;
mod watch;

pub use burst::Bursts;
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
        .post("/system/follow", handlers::follow)
        .get("/system/burst/cheap", burst::cheap)
        .get("/system/burst/database", burst::database)
}

/// Looks once whether signals are still wanted; whether there are new ones.
pub(crate) fn look(watched: bool) -> bool {
    watch::WATCH.look(watched)
}
