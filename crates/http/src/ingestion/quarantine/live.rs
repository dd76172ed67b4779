use greengrid_app::actor::Actor;
use maud::Markup;
use uuid::Uuid;

use super::views;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// Entries on a page.
const LISTED: i64 = 50;

/// The newest of what waits: the region of the page that streams replace.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    list(None, state, actor).await
}

/// What waits, older than the entry given.
pub(super) async fn list(
    before: Option<Uuid>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let (mut entries, open) = state.ingestion.quarantined(actor, before, LISTED + 1).await?;
    let more = entries.len() > usize::try_from(LISTED).unwrap_or(usize::MAX);
    if more {
        entries.pop();
    }
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    Ok(views::list(&views::List { entries: &entries, open, first: before.is_none(), more, clock }))
}
