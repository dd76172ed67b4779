use axum::extract::{Path, RawQuery, State};
use greengrid_app::monitoring::reports::ReportsError;
use greengrid_domain::fleet::RegionCode;
use jiff::civil::Date;
use maud::Markup;

use super::{live, views};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;

/// The reports that were written.
pub(super) async fn list(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let before: Option<Date> = Asked::read(query.as_deref().unwrap_or_default()).parse("before");
    let main = layout::main(live::list(before, &state, &viewer.actor).await?);
    let stream = before.is_none().then(|| View::Reports.url());
    Ok(layout::page()
        .viewer(&viewer)
        .title("Morning reports")
        .nav(Nav::Reports)
        .maybe_live(stream)
        .main(main)
        .render())
}

/// One report.
pub(super) async fn report(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((region, day)): Path<(String, String)>,
) -> Result<Markup, Fault> {
    let region: RegionCode = region.parse().map_err(|_| Fault::NotFound)?;
    let day: Date = day.parse().map_err(|_| Fault::NotFound)?;
    let report = state.reports.find(&viewer.actor, &region, day).await?;
    let turns = state.handovers.before(&viewer.actor, &report).await?;
    Ok(layout::page()
        .viewer(&viewer)
        .title(format!("Morning report, {}", report.region_name))
        .nav(Nav::Reports)
        .main(layout::main(views::report(&report, &turns)))
        .render())
}

impl From<ReportsError> for Fault {
    fn from(error: ReportsError) -> Self {
        match error {
            ReportsError::Denied(denied) => denied.into(),
            ReportsError::NoSuchReport => Self::NotFound,
            ReportsError::Store(store) => store.into(),
        }
    }
}
