//! What people do with the anomalies of a site. Its page shows them; each
//! action is a form of its own, which comes back to the page.

mod answer;
mod dto;
mod evidence;
mod handlers;
mod planned;

pub(crate) use answer::{Problem, ProblemAt};

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/sites/{site}/anomalies/{anomaly}", evidence::show)
        .post("/sites/{site}/anomalies/{anomaly}/acknowledge", handlers::acknowledge)
        .post("/sites/{site}/anomalies/{anomaly}/assign", handlers::assign)
        .post("/sites/{site}/anomalies/{anomaly}/snooze", handlers::snooze)
        .post("/sites/{site}/anomalies/{anomaly}/resolve", handlers::resolve)
        .post("/sites/{site}/anomalies/{anomaly}/dismiss", handlers::dismiss)
        .post("/sites/{site}/anomalies/{anomaly}/reopen", handlers::reopen)
        .post("/sites/{site}/anomalies/{anomaly}/note", handlers::note)
        .post("/sites/{site}/patterns/{pattern}/forget", planned::forget)
        .post("/sites/{site}/maintenance", planned::plan)
        .post("/sites/{site}/maintenance/{window}/cancel", planned::cancel)
}
