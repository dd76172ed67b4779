//! Typing into a case, and handling it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, body::Bytes};
use greengrid_app::onboarding::{OnboardingError, Outcome};
use greengrid_domain::ingestion::Party;
use greengrid_domain::onboarding::{Case, FieldKey, RoomChange};
use maud::html;
use serde::Deserialize;
use uuid::Uuid;

use super::{Page, Told, form, lede, page, parts};
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
    let done = state.onboarding.type_in(&viewer.actor, case.into(), &dto.typed, dto.room).await;
    let Outcome { conflicts, .. } = match done {
        Ok(outcome) => outcome,
        Err(error @ OnboardingError::Store(_)) => {
            return not_saved(&viewer, caller, &state, case, dto, error.into()).await;
        }
        Err(error) => {
            let failed: Result<(), _> = Err(error);
            return answer(&viewer, caller, &state, case, At::Fields, "", failed).await;
        }
    };
    let view = state.onboarding.case(&viewer.actor, case.into()).await?;
    let clean = conflicts.is_empty();
    let taken = moved_up(&view.case, dto.room).chain(dto.taken).collect();
    let shown = Page { conflicts, taken, ..Page::of(&view, &state, &viewer.actor) };
    if caller.datastar {
        return Ok(patched(html! {
            (parts(&shown))
            span #saved .dim role="status" data-saved {
                "Saved " (format::time_with_seconds(view.now, &view.zone))
            }
        }));
    }
    if clean {
        let at = match dto.room {
            Some(RoomChange::Add(one) | RoomChange::Remove(one)) => {
                format!("#{}", form::several_id(one.of))
            }
            None => String::new(),
        };
        return Ok(Redirect::to(&format!("{}{at}", urls::case(case))).into_response());
    }
    Ok((StatusCode::CONFLICT, page(&viewer, &shown, &state)).into_response())
}

/// The fields that hold something else because one before them was taken away.
fn moved_up(case: &Case, room: Option<RoomChange>) -> impl Iterator<Item = FieldKey> {
    let from = match room {
        Some(RoomChange::Remove(one)) => Some((one, case.count(one.of))),
        _ => None,
    };
    from.into_iter()
        .flat_map(|(one, count)| (one.number..=count).flat_map(move |n| one.of.fields(n)))
}

/// The answer where nothing could be kept: a page in which everything stands as
/// it was typed, or the news for a page in which it stands.
async fn not_saved(
    viewer: &Viewer,
    caller: Caller,
    state: &AppState,
    case: Uuid,
    dto: FieldsDto,
    fault: Fault,
) -> Result<Response, Fault> {
    if caller.datastar {
        fault.log();
        return Ok(patched(html! {
            span #saved .dim role="status" data-saved data-failed {
                "Not saved: " (fault) ". What you typed stays here and is sent again by itself"
            }
        }));
    }
    // Where not even reading works, the failure is the answer.
    let Ok(view) = state.onboarding.case(&viewer.actor, case.into()).await else {
        return Err(fault);
    };
    fault.log();
    let told = Told {
        at: At::Fields,
        words: format!(
            "not saved: {fault}. What you typed stands below; press “Save” to send it again"
        ),
        typed: String::new(),
        good: false,
    };
    let shown =
        Page { told: Some(told), unsaved: dto.typed, ..Page::of(&view, state, &viewer.actor) };
    Ok((StatusCode::SERVICE_UNAVAILABLE, page(viewer, &shown, state)).into_response())
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
