use greengrid_app::actor::{Actor, Permission};
use greengrid_domain::messages::{LetterId, LetterState};
use jiff::Timestamp;
use maud::Markup;

use super::views;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// Letters on a page.
const LISTED: i64 = 50;

/// The newest letters: the region of the page that streams replace.
pub(crate) async fn patch(
    of: Option<LetterState>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    list(of, None, &[], state, actor).await
}

/// Letters older than the one given.
pub(super) async fn list(
    of: Option<LetterState>,
    before: Option<LetterId>,
    ignored: &[String],
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let (mut letters, counts) = state.messages.list(actor, of, before, LISTED + 1).await?;
    let more = letters.len() > usize::try_from(LISTED).unwrap_or(usize::MAX);
    if more {
        letters.pop();
    }
    Ok(views::list(&views::List {
        letters: &letters,
        counts,
        of,
        first: before.is_none(),
        more,
        ignored,
        sends: state.settings.mail.is_some(),
        clock: clock(state),
    }))
}

/// Letters go by the clock on the wall, also in a demo.
pub(super) fn clock(state: &AppState) -> PageClock {
    let fleet = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    PageClock { now: Timestamp::now(), speed: 1.0, demo: false, ..fleet }
}

/// Whether sending a letter once more makes sense, and is allowed.
pub(super) fn may_send(state: &AppState, actor: &Actor) -> bool {
    state.settings.mail.is_some() && actor.may(Permission::SendLetters)
}
