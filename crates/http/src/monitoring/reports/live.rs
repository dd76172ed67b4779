use greengrid_app::actor::Actor;
use jiff::civil::Date;
use maud::Markup;

use super::views;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// Reports on a page.
const LISTED: i64 = 60;

/// The newest reports: the region of the page that streams replace.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    list(None, state, actor).await
}

/// Reports of days before one.
pub(super) async fn list(
    before: Option<Date>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let mut reports = state.reports.list(actor, before, LISTED + 1).await?;
    let more = reports.len() > usize::try_from(LISTED).unwrap_or(usize::MAX);
    if more {
        // A day is shown whole or not at all.
        let last = reports.last().map(|report| report.day);
        reports.retain(|report| Some(report.day) != last);
    }
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    let look_back = state.reports.look_back(actor).await?;
    let (reports, first) = (&reports, before.is_none());
    Ok(views::list(&views::List { reports, first, more, look_back: &look_back, clock }))
}
