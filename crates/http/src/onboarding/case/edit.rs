//! Typing into a case, and handling it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, body::Bytes};
use greengrid_app::onboarding::Outcome;
use greengrid_domain::ingestion::Party;
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

use super::{Page, lede, page, parts};
use crate::auth::{Caller, Viewer, patched};
use crate::components::format;
use crate::fault::Fault;
use crate::onboarding::answer::{At, answer};
use crate::onboarding::dto::FieldsDto;
use crate::sse;
use crate::state::AppState;
use crate::urls;

/// Saves fields as they were typed. Every one is kept, good or not; what
/// somebody else changed meanwhile is shown beside what was typed.
pub(in crate::onboarding) async fn fields(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    body: Bytes,
) -> Result<Response, Fault> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    let dto = FieldsDto::read(&pairs);
    let done = state.onboarding.type_in(&viewer.actor, case.into(), &dto.typed).await;
    let Outcome { conflicts, .. } = match done {
        Ok(outcome) => outcome,
        Err(error) => {
            let failed: Result<(), _> = Err(error);
            return answer(&viewer, caller, &state, case, At::Fields, "", failed).await;
        }
    };
    let view = state.onboarding.case(&viewer.actor, case.into()).await?;
    let clean = conflicts.is_empty();
    let shown = Page { conflicts, taken: dto.taken, ..Page::of(&view, &state, &viewer.actor) };
    if caller.datastar {
        return Ok(patched(html! {
            (parts(&shown))
            span #saved .dim role="status" data-saved {
                "Saved " (format::time_with_seconds(view.now, &view.zone))
            }
        }));
    }
    if clean {
        return Ok(Redirect::to(&urls::case(case)).into_response());
    }
    Ok((StatusCode::CONFLICT, page(&viewer, &shown, &state)).into_response())
}

/// Notes that somebody looks, and tells who else does.
pub(in crate::onboarding) async fn here(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Response, Fault> {
    let names = state.onboarding.here(&viewer.actor, case.into()).await?;
    Ok(sse::only(sse::put(lede::here_names(&names))))
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct TextDto {
    #[serde(default)]
    text: String,
}

pub(in crate::onboarding) async fn note(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let done = state.onboarding.note(&viewer.actor, case.into(), &dto.text).await;
    answer(&viewer, caller, &state, case, At::Note, &dto.text, done).await
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct OwnerDto {
    #[serde(default)]
    to: String,
}

pub(in crate::onboarding) async fn owner(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<OwnerDto>,
) -> Result<Response, Fault> {
    let to = match dto.to.as_str() {
        "" => None,
        text => Some(
            text.parse::<Uuid>()
                .map_err(|_| Fault::Unprocessable("choose a colleague from the list".to_owned()))?,
        ),
    };
    let done = state.onboarding.assign(&viewer.actor, case.into(), to.map(Into::into)).await;
    answer(&viewer, caller, &state, case, At::Handling, "", done).await
}

#[derive(Debug, Deserialize)]
pub(in crate::onboarding) struct WaitsDto {
    #[serde(default)]
    party: String,
    #[serde(default)]
    text: String,
}

pub(in crate::onboarding) async fn waits(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<WaitsDto>,
) -> Result<Response, Fault> {
    let party: Party = dto.party.parse().unwrap_or(Party::Customer);
    let done = state.onboarding.wait_for(&viewer.actor, case.into(), party, &dto.text).await;
    answer(&viewer, caller, &state, case, At::Handling, &dto.text, done).await
}

pub(in crate::onboarding) async fn stuck(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let done = state.onboarding.stick(&viewer.actor, case.into(), &dto.text).await;
    answer(&viewer, caller, &state, case, At::Handling, &dto.text, done).await
}

pub(in crate::onboarding) async fn free(
    viewer: Viewer,
    caller: Caller,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Response, Fault> {
    let done = state.onboarding.free(&viewer.actor, case.into()).await;
    answer(&viewer, caller, &state, case, At::Handling, "", done).await
}
