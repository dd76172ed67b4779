use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use greengrid_domain::monitoring::{Action, Note};
use uuid::Uuid;

use super::answer::{Problem, ProblemAt, Target};
use super::dto::{AssignDto, DismissDto, SnoozeDto, TextDto};
use crate::auth::Viewer;
use crate::fault::Fault;
use crate::state::AppState;

/// Marks an anomaly as seen.
pub(super) async fn acknowledge(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
) -> Result<Response, Fault> {
    act(&viewer, &state, &Target::of(path)?, Action::Acknowledge).await
}

/// Gives an anomaly to somebody, or to nobody.
pub(super) async fn assign(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<AssignDto>,
) -> Result<Response, Fault> {
    let named = || Fault::BadRequest("that names nobody".to_owned());
    let action = dto.action().ok_or_else(named)?;
    act(&viewer, &state, &Target::of(path)?, action).await
}

/// Puts an anomaly off.
pub(super) async fn snooze(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<SnoozeDto>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    let (anomalies, wait) = (&state.anomalies, dto.wait());
    let done = anomalies.snooze(&viewer.actor, &target.site, target.anomaly, wait).await;
    target.answer(&viewer, &state, done).await
}

/// Says that an anomaly is repaired.
pub(super) async fn resolve(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    match text(&viewer, &state, &target, ProblemAt::Resolve, &dto).await? {
        Ok(reason) => act(&viewer, &state, &target, Action::Resolve { reason }).await,
        Err(again) => Ok(again),
    }
}

/// Opens an anomaly again.
pub(super) async fn reopen(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    match text(&viewer, &state, &target, ProblemAt::Reopen, &dto).await? {
        Ok(reason) => act(&viewer, &state, &target, Action::Reopen { reason }).await,
        Err(again) => Ok(again),
    }
}

/// Says that an anomaly is nothing to act on.
pub(super) async fn dismiss(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<DismissDto>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    match dto.command() {
        Ok(command) => {
            let anomalies = &state.anomalies;
            let done =
                anomalies.dismiss(&viewer.actor, &target.site, target.anomaly, command).await;
            target.answer(&viewer, &state, done).await
        }
        Err(message) => {
            let problem = Problem::new(ProblemAt::Dismiss, &message, &dto.text);
            target.again(&viewer, &state, StatusCode::UNPROCESSABLE_ENTITY, problem).await
        }
    }
}

/// Writes a note.
pub(super) async fn note(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(path): Path<(String, Uuid)>,
    Form(dto): Form<TextDto>,
) -> Result<Response, Fault> {
    let target = Target::of(path)?;
    match text(&viewer, &state, &target, ProblemAt::Note, &dto).await? {
        Ok(note) => {
            let anomalies = &state.anomalies;
            let done = anomalies.note(&viewer.actor, &target.site, target.anomaly, &note).await;
            target.answer(&viewer, &state, done).await
        }
        Err(again) => Ok(again),
    }
}

async fn act(
    viewer: &Viewer,
    state: &AppState,
    target: &Target,
    action: Action,
) -> Result<Response, Fault> {
    let done = state.anomalies.act(&viewer.actor, &target.site, target.anomaly, action).await;
    target.answer(viewer, state, done).await
}

/// The text of a form, or the page with what is wrong with it.
async fn text(
    viewer: &Viewer,
    state: &AppState,
    target: &Target,
    at: ProblemAt,
    dto: &TextDto,
) -> Result<Result<Note, Response>, Fault> {
    match dto.note() {
        Ok(note) => Ok(Ok(note)),
        Err(error) => {
            let problem = Problem::new(at, &error, &dto.text);
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(Err(target.again(viewer, state, status, problem).await?))
        }
    }
}
