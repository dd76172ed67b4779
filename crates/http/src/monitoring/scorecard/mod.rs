//! How right each rule was, and what another threshold would have done.

mod handlers;
#[cfg(test)]
mod tests;
mod views;
mod what_if;

use greengrid_app::actor::Actor;
use maud::Markup;

use crate::fault::Fault;
use crate::router::Routes;
use crate::state::AppState;
use views::ScorecardView;

/// The spans to choose from, in days.
const SPANS: [u16; 3] = [30, 90, 365];

pub(super) fn routes() -> Routes {
    Routes::default().get("/scorecard", handlers::show)
}

/// The scorecard as it now is.
pub(super) async fn patch(days: u16, state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    let card = state.anomalies.scorecard(actor, days).await?;
    Ok(views::main(&ScorecardView { card: &card, days, tried: None, ignored: &[] }))
}
