use greengrid_app::actor::Actor;
use greengrid_domain::fleet::RegionCode;
use maud::Markup;

use super::views;
use crate::fault::Fault;
use crate::state::AppState;

/// The handover as it now is: the region of the page that streams replace.
pub(crate) async fn patch(
    region: Option<RegionCode>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    handover(region, &[], state, actor).await
}

pub(super) async fn handover(
    region: Option<RegionCode>,
    ignored: &[String],
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let handover = state.handovers.now(actor, region).await?;
    Ok(views::handover(&handover, &state.directory.snapshot(), ignored))
}
