use greengrid_app::actor::Actor;
use greengrid_app::identity::PeopleQuery;
use maud::Markup;

use super::people::People;
use super::tokens::Tokens;
use super::{people_views, tokens_views};
use crate::fault::Fault;
use crate::state::AppState;

/// People as an administrator should now see them.
pub(crate) async fn people(
    query: &PeopleQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let people = People::read(state, actor, (query.clone(), Vec::new())).await?;
    Ok(people_views::parts(&people))
}

/// Tokens as an administrator should now see them.
pub(crate) async fn tokens(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    Ok(tokens_views::parts(&Tokens::read(state, actor).await?))
}
