use greengrid_app::actor::Actor;
use maud::Markup;

use super::model::Accounts;
use super::views;
use crate::fault::Fault;
use crate::state::AppState;

/// People, tokens and trail as an administrator should now see them.
pub(crate) async fn patch(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(views::parts(&Accounts::read(state, actor).await?))
}
