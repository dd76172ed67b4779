use greengrid_app::actor::Actor;
use maud::Markup;

use super::dto::{Errors, Typed};
use super::views;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;

/// The regions of the page that streams replace.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    let (rules, silences, noticed) = state.alerts.list(actor).await?;
    let inhibitions = state.alerts.inhibitions(actor).await?;
    let webhooks = state.webhooks.list(actor).await?;
    Ok(views::parts(&views::Page {
        rules: &rules,
        silences: &silences,
        noticed: &noticed,
        inhibitions: &inhibitions,
        webhooks: &webhooks,
        typed: &Typed::default(),
        errors: &Errors::new(),
        clock: clock(state),
    }))
}

pub(super) fn clock(state: &AppState) -> PageClock {
    PageClock::of_fleet(&*state.clock, &state.directory.snapshot())
}
