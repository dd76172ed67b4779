use axum::extract::{RawQuery, State};
use greengrid_app::monitoring::handover::HandoverError;
use maud::Markup;

use super::live;
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;

/// What there is to hand over, of one region unless of all.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let region = asked.parse("region");
    let main = live::handover(region.clone(), &asked.ignored, &state, &viewer.actor).await?;
    Ok(layout::page()
        .viewer(&viewer)
        .title("Shift handover")
        .nav(Nav::Reports)
        .live(View::Handover(region).url())
        .main(layout::main(main))
        .render())
}

impl From<HandoverError> for Fault {
    fn from(error: HandoverError) -> Self {
        match error {
            HandoverError::Denied(denied) => denied.into(),
            HandoverError::NoSuchRegion => Self::NotFound,
            HandoverError::Monitoring(error) => error.into(),
            HandoverError::Store(store) => store.into(),
        }
    }
}
