use greengrid_app::actor::Actor;
use greengrid_domain::fleet::SiteCode;
use maud::Markup;

use super::views;
use crate::fault::Fault;
use crate::state::AppState;

/// Who belongs to one's own site, as it now is.
pub(crate) async fn patch(
    code: &SiteCode,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let people = state.memberships.people(actor, code).await?;
    Ok(views::main(&people, None))
}
