use greengrid_app::actor::{Actor, Permission};
use maud::Markup;

use super::{trace, views};
use crate::fault::Fault;
use crate::state::AppState;

/// The panels, as far as they tell this text.
pub(crate) fn system(
    filter: Option<&str>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    actor.require(Permission::ViewSystem)?;
    Ok(views::panels(&views::Now::read(state, filter)))
}

/// What is known of one request.
pub(crate) fn trace(id: &str, actor: &Actor) -> Result<Markup, Fault> {
    actor.require(Permission::ViewSystem)?;
    Ok(views::trace(id, &trace::read(id)))
}
