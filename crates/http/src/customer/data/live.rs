use greengrid_app::actor::Actor;
use maud::Markup;

use super::views;
use crate::fault::Fault;
use crate::state::AppState;

/// How far the person's file is.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(views::data(state.takeouts.latest(actor).await?.as_ref()))
}
