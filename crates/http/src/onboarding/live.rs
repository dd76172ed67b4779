//! What streams of the board and of cases replace.

use greengrid_app::actor::Actor;
use greengrid_app::onboarding::BoardQuery;
use maud::Markup;
use uuid::Uuid;

use super::{board, case};
use crate::fault::Fault;
use crate::state::AppState;

/// The board as it now is.
pub(crate) async fn board(
    query: &BoardQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    Ok(board::parts(&state.onboarding.board(actor, query).await?, query, actor))
}

/// The parts of a case that change.
pub(crate) async fn case(id: Uuid, state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    let view = state.onboarding.case(actor, id.into()).await?;
    Ok(case::parts(&case::Page::of(&view, state, actor)))
}
