use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::monitoring::AnomalyError;
use uuid::Uuid;

use super::answer::{Problem, ProblemAt, code};
use super::dto::PlanDto;
use crate::auth::Viewer;
use crate::fault::Fault;
use crate::fleet;
use crate::state::AppState;
use crate::urls;

/// Ends a quiet pattern.
pub(super) async fn forget(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((site, pattern)): Path<(String, Uuid)>,
) -> Result<Redirect, Fault> {
    let site = code(&site)?;
    state.anomalies.forget(&viewer.actor, &site, pattern.into()).await?;
    Ok(Redirect::to(&format!("{}#s-planned", urls::site(&site))))
}

/// Plans work.
pub(super) async fn plan(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(site): Path<String>,
    Form(dto): Form<PlanDto>,
) -> Result<Response, Fault> {
    let site = code(&site)?;
    let fleet = state.directory.snapshot();
    let known = fleet.site_by_code(&site).ok_or(Fault::NotFound)?;
    let planned = match dto.command(&known.details.zone) {
        Ok(command) => match state.anomalies.plan(&viewer.actor, &site, command).await {
            Err(AnomalyError::Window(error)) => Err(error.to_string()),
            done => Ok(done?),
        },
        Err(message) => Err(message),
    };
    match planned {
        Ok(_) => Ok(Redirect::to(&format!("{}#s-planned", urls::site(&site))).into_response()),
        Err(message) => {
            let problem = Problem::new(ProblemAt::Plan, &message, &dto.text);
            let page = fleet::site_page(&viewer, &state, site.as_str(), "", Some(&problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Takes planned work back.
pub(super) async fn cancel(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((site, window)): Path<(String, Uuid)>,
) -> Result<Redirect, Fault> {
    let site = code(&site)?;
    state.anomalies.cancel(&viewer.actor, &site, window.into()).await?;
    Ok(Redirect::to(&format!("{}#s-planned", urls::site(&site))))
}
