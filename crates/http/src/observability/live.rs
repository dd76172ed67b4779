use greengrid_app::actor::{Actor, Permission};
use maud::{Markup, html};

use super::follow::{Followed, Way};
use super::{trace, views};
use crate::fault::Fault;
use crate::state::AppState;

/// The panels, as far as they tell this text, and the way of a reading.
pub(crate) async fn system(
    filter: Option<&str>,
    followed: Option<&Followed>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    actor.require(Permission::ViewSystem)?;
    let way = Way::read(followed, state, actor).await?;
    Ok(html! {
        (views::panels(&views::Now::read(state, filter)))
        (views::followed(way.as_ref()))
    })
}

/// What is known of one request.
pub(crate) fn trace(id: &str, actor: &Actor) -> Result<Markup, Fault> {
    actor.require(Permission::ViewSystem)?;
    Ok(views::trace(id, &trace::read(id, None)))
}
