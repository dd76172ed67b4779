//! Health.

use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default().get("/healthz", async || "ok\n")
}
