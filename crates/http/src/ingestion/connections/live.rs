use greengrid_app::actor::Actor;
use maud::Markup;

use super::{model, views};
use crate::fault::Fault;
use crate::state::AppState;

/// The regions of the page that streams replace.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(views::parts(&model::read(state, actor).await?))
}
