//! Testing, comparing, and going live.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_domain::ingestion::Party;
use serde::Deserialize;
use uuid::Uuid;

use super::Told;
use crate::auth::{Caller, Viewer};
use crate::fault::Fault;
use crate::onboarding::answer::{At, answer, told_page};
use crate::state::AppState;
use crate::urls;

/// Begins a test. With script its checks come by the page’s stream as they
/// happen; without, the answer waits until it is over.
pub(in crate::onboarding) async fn test(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Response, Fault> {
    let begun = state.onboarding.begin_test(&viewer.actor, case.into()).await;
    let run = match begun {
        Ok(run) => run,
        Err(error) => {
            return answer(&viewer, caller, &state, case, At::Test, "", Err::<(), _>(error)).await;
        }
    };
    let (onboarding, actor) = (state.onboarding.clone(), viewer.actor.clone());
    // A reader who leaves must not cut the test off.
    let carried_out = tokio::spawn(async move { onboarding.carry_out(&actor, &run).await });
    if caller.datastar {
        tokio::spawn(async move {
            match carried_out.await {
                Ok(Err(error)) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a connection test could not be carried out"
                ),
                Err(error) => tracing::error!(%error, "a connection test ended"),
                Ok(Ok(_)) => {}
            }
        });
        return answer(&viewer, caller, &state, case, At::Test, "", Ok(())).await;
    }
    let done = carried_out.await.map_err(|error| Fault::Internal(error.into()))?;
    answer(&viewer, caller, &state, case, At::Test, "", done).await
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct MessageDto {
    #[serde(default)]
    to: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    text: String,
}

pub(in crate::onboarding) async fn message(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<MessageDto>,
) -> Result<Response, Fault> {
    let to: Party = dto.to.parse().unwrap_or(Party::Customer);
    let sent =
        state.onboarding.send_message(&viewer.actor, case.into(), to, &dto.subject, &dto.text);
    match sent.await {
        Ok(()) => {
            let words = format!("the message is on its way to {}", to.name());
            let told = Told { at: At::Message, words, typed: String::new(), good: true };
            told_page(&viewer, caller, &state, case, StatusCode::OK, told).await
        }
        Err(error) => {
            answer(&viewer, caller, &state, case, At::Message, &dto.text, Err::<(), _>(error)).await
        }
    }
}

pub(in crate::onboarding) async fn verify(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Response, Fault> {
    let done = state.onboarding.verify(&viewer.actor, case.into()).await;
    answer(&viewer, caller, &state, case, At::Verification, "", done).await
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct AcceptDto {
    #[serde(default)]
    text: String,
}

pub(in crate::onboarding) async fn accept(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<AcceptDto>,
) -> Result<Response, Fault> {
    let done = state.onboarding.accept(&viewer.actor, case.into(), &dto.text).await;
    answer(&viewer, caller, &state, case, At::Verification, &dto.text, done).await
}

/// Lets the site go live.
pub(in crate::onboarding) async fn go_live(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Response, Fault> {
    let base = state.links.origin();
    match state.onboarding.go_live(&viewer.actor, case.into(), base).await {
        Ok(_) if !caller.datastar => Ok(Redirect::to(&urls::case(case)).into_response()),
        done => answer(&viewer, caller, &state, case, At::Live, "", done).await,
    }
}
