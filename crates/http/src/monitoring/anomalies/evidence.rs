use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::answer::Target;
use crate::auth::{Caller, Viewer};
use crate::components::case::{self, EvidenceChart};
use crate::fault::Fault;
use crate::state::AppState;
use crate::{sse, urls};

/// The chart of an anomaly for a drawer that was opened; for a plain browser
/// its place on the page of the site.
pub(super) async fn show(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    let (site, record) = state.anomalies.find(&viewer.actor, &target.site, target.anomaly).await?;
    if !caller.datastar {
        return Ok(Redirect::to(&urls::anomaly(&site.code, record.id)).into_response());
    }
    let now = state.clock.now();
    let (from, to) = case::window(&record, &site.details.zone, now);
    let curve = state.monitoring.curve(&viewer.actor, &site.code, from, to).await?;
    let chart = EvidenceChart { record: &record, curve: &curve, zone: &site.details.zone, now };
    Ok(sse::only(sse::put(case::drawer_chart(&chart))))
}
