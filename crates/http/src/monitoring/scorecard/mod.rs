//! How right each rule was, and what another threshold would have done.

mod dto;
mod handlers;
#[cfg(test)]
mod tests;
mod views;
mod what_if;

use greengrid_app::actor::Actor;
use greengrid_app::monitoring::what_if::WhatIfError;
use maud::Markup;

use crate::fault::Fault;
use crate::router::Routes;
use crate::state::AppState;
pub(crate) use dto::{ScorecardQuery, read};
use views::ScorecardView;
use what_if::Tried;

/// The spans to choose from, in days.
const SPANS: [u16; 3] = [30, 90, 365];

pub(super) fn routes() -> Routes {
    Routes::default().get("/scorecard", handlers::show)
}

/// The scorecard as it now is.
pub(super) async fn patch(
    query: &ScorecardQuery,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let card = state.anomalies.scorecard(actor, query.days).await?;
    let tried = tried(query, state, actor)?;
    Ok(views::main(&ScorecardView { card: &card, query, tried: tried.as_ref(), ignored: &[] }))
}

/// What came of the question, if one is asked.
fn tried(query: &ScorecardQuery, state: &AppState, actor: &Actor) -> Result<Option<Tried>, Fault> {
    let Some(question) = query.question() else { return Ok(None) };
    let question = match question {
        Ok(question) => question,
        Err(message) => return Ok(Some(Tried::Refused(message))),
    };
    Ok(Some(match state.what_if.ask(actor, question) {
        Ok(answer) => Tried::Asked(question, answer),
        Err(WhatIfError::Value(error)) => Tried::Refused(error.to_string()),
        Err(WhatIfError::Denied(denied)) => return Err(denied.into()),
    }))
}
