//! What streams of this module's pages replace: the same `#main` that the
//! page itself came with.

use greengrid_app::actor::Actor;
use greengrid_app::monitoring::{Overview, OverviewQuery};
use maud::Markup;

use super::views::{self, OverviewPage};
use super::{ScorecardQuery, scorecard};
use crate::fault::Fault;
use crate::ingestion::connections::{Trouble, troubles_now};
use crate::state::AppState;

/// The fleet, and what is wrong at its vendors.
pub(super) async fn as_it_stands(
    query: &OverviewQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<(Overview, Vec<Trouble>), Fault> {
    let overview = async { Ok(state.monitoring.overview(actor, query).await?) };
    tokio::try_join!(overview, troubles_now(state, actor))
}

/// The overview as it now is, in the order that its reader has before them.
pub(crate) async fn overview(
    query: &OverviewQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let (overview, vendors) = as_it_stands(query, state, actor).await?;
    Ok(views::main(&OverviewPage {
        overview: &overview,
        query,
        ignored: &[],
        vendors: &vendors,
        past: None,
    }))
}

/// How right the rules were over so many days, as it now is.
pub(crate) async fn scorecard(
    query: &ScorecardQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    scorecard::patch(query, state, actor).await
}
