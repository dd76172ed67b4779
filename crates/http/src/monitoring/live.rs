//! What streams of this module's pages replace: the same `#main` that the
//! page itself came with.

use greengrid_app::actor::Actor;
use greengrid_app::monitoring::reports::LookBack;
use greengrid_app::monitoring::{Overview, OverviewQuery};
use maud::Markup;

use super::views::{self, OverviewPage};
use super::{ScorecardQuery, scorecard};
use crate::fault::Fault;
use crate::ingestion::connections::{Trouble, troubles_now};
use crate::state::AppState;

/// The fleet, what is wrong at its vendors, and what can be looked back at.
pub(super) struct AsItStands {
    pub(super) overview: Overview,
    vendors: Vec<Trouble>,
    look_back: LookBack,
}

impl AsItStands {
    /// As it is now.
    pub(super) async fn read(
        query: &OverviewQuery,
        state: &AppState,
        actor: &Actor,
    ) -> Result<Self, Fault> {
        let overview = async { Ok(state.monitoring.overview(actor, query).await?) };
        let look_back = async { Ok(state.reports.look_back(actor).await?) };
        let (overview, vendors, look_back) =
            tokio::try_join!(overview, troubles_now(state, actor), look_back)?;
        Ok(Self { overview, vendors, look_back })
    }

    /// The region that streams replace. `ignored` is what of the address made no
    /// sense.
    pub(super) fn main(&self, query: &OverviewQuery, ignored: &[String]) -> Markup {
        views::main(&OverviewPage {
            overview: &self.overview,
            query,
            ignored,
            vendors: &self.vendors,
            look_back: &self.look_back,
            past: None,
        })
    }
}

/// The overview as it now is, in the order that its reader has before them.
pub(crate) async fn overview(
    query: &OverviewQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    Ok(AsItStands::read(query, state, actor).await?.main(query, &[]))
}

/// How right the rules were over so many days, as it now is.
pub(crate) async fn scorecard(
    query: &ScorecardQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    scorecard::patch(query, state, actor).await
}
