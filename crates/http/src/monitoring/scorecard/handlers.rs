use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use greengrid_app::monitoring::AnomalyError;

use super::SPANS;
use super::views::{self, ScorecardView};
use super::what_if::Tried;
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;

/// How right each rule was. With a parameter and a value, also what would have
/// fired with it.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let days = asked.parse::<u16>("days").filter(|days| SPANS.contains(days)).unwrap_or(SPANS[0]);
    let card = state.anomalies.scorecard(&viewer.actor, days).await?;
    let parameter = asked.text("parameter").filter(|_| card.parameters.is_some());
    let value = asked.parse::<f64>("value");
    let tried = match parameter.zip(value) {
        Some((parameter, value)) => {
            let tried = state.anomalies.try_value(&viewer.actor, &parameter, value, days).await;
            match tried {
                Ok(outcome) => Some(Tried::Outcome(Box::new(outcome))),
                Err(AnomalyError::WhatIf(error)) => {
                    Some(Tried::Refused { parameter, message: error.to_string() })
                }
                Err(error) => return Err(error.into()),
            }
        }
        None => None,
    };
    let view = ScorecardView { card: &card, days, tried: tried.as_ref(), ignored: &asked.ignored };
    let refused = matches!(tried, Some(Tried::Refused { .. }));
    let fleet = state.directory.snapshot();
    // What was tried is an answer to a question: it does not go on by itself.
    let live = tried.is_none().then(|| View::Scorecard(days).url());
    let page = page()
        .viewer(&viewer)
        .title("Scorecard")
        .nav(Nav::Scorecard)
        .clock(PageClock::of_fleet(&*state.clock, &fleet))
        .maybe_live(live)
        .main(views::main(&view))
        .render();
    let status = if refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page).into_response())
}
