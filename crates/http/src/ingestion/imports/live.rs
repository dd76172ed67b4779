use greengrid_app::actor::Actor;
use maud::Markup;
use uuid::Uuid;

use super::views;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// Rows not taken that the page itself shows; the report has all of them.
const SHOWN: u32 = 20;

/// How an import stands: the region of its page that streams replace.
pub(crate) async fn patch(id: Uuid, state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    let job = state.imports.job(actor, id).await?;
    let rejects = state.imports.rejects(actor, id, None, SHOWN).await?;
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    Ok(views::job(&job, &rejects, &clock.zone))
}
