//! What opens the interfaces of vendors: given, replaced, taken away.

mod dto;
#[cfg(test)]
mod tests;
mod views;

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::ingestion::connections::ConnectionError;
use greengrid_app::ingestion::vendors::TypedKeyError;
use greengrid_domain::fleet::Brand;
use greengrid_domain::onboarding::access;
use maud::Markup;
use uuid::Uuid;

use self::dto::{NewKeyDto, PlanDto, PlanErrors};
use self::views::{KeyForm, KeyPage};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::typed_key::{self, KeyProblems, checked, parts_of};
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let keys = state.connections.keys(&viewer.actor).await?;
    Ok(views::list(&viewer, &keys, &clock(&state)))
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct BrandDto {
    brand: String,
}

/// The empty form of a brand's key.
pub(super) async fn blank(viewer: Viewer, Query(dto): Query<BrandDto>) -> Result<Markup, Fault> {
    let brand: Brand = dto.brand.parse().map_err(|_| Fault::NotFound)?;
    if access(brand).keys.is_empty() {
        return Err(Fault::NotFound);
    }
    Ok(views::new(&viewer, &KeyForm::blank(brand)))
}

pub(super) async fn add(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let typed = NewKeyDto::of(&pairs)?;
    let mut form = KeyForm::typed(&typed);
    let parts = parts_of(&pairs);
    let quota = match typed.plan.quota() {
        Ok(quota) => quota,
        Err(errors) => {
            form.plan_errors = errors;
            return Ok(refused(views::new(&viewer, &form)));
        }
    };
    let added =
        state.connections.add_key(&viewer.actor, typed.brand, &typed.name, &parts, quota).await;
    match added {
        Ok(key) => return Ok(Redirect::to(&urls::admin_key(key)).into_response()),
        Err(ConnectionError::Typed(TypedKeyError::Parts(problems))) => {
            form.problems = typed_key::told(problems);
        }
        Err(error @ (ConnectionError::Name | ConnectionError::NameTaken)) => {
            form.name_error = Some(error.to_string());
        }
        Err(error) => return Err(error.into()),
    }
    Ok(refused(views::new(&viewer, &form)))
}

pub(super) async fn one(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(key): Path<Uuid>,
) -> Result<Markup, Fault> {
    page(&viewer, &state, key, KeyProblems::new(), None).await
}

pub(super) async fn replace(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(key): Path<Uuid>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let parts = parts_of(&pairs);
    match state.connections.replace_key(&viewer.actor, key.into(), &parts).await {
        Ok(()) => Ok(Redirect::to(&urls::admin_key(key.into())).into_response()),
        Err(ConnectionError::Typed(TypedKeyError::Parts(problems))) => {
            let problems = typed_key::told(problems);
            Ok(refused(page(&viewer, &state, key, problems, None).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// Looks at the shape of what is being typed.
pub(super) async fn check(Form(pairs): Form<Vec<(String, String)>>) -> Response {
    checked(&pairs)
}

pub(super) async fn plan(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(key): Path<Uuid>,
    Form(dto): Form<PlanDto>,
) -> Result<Response, Fault> {
    match dto.quota() {
        Ok(quota) => {
            state.connections.change_plan(&viewer.actor, key.into(), quota).await?;
            Ok(Redirect::to(&urls::admin_key(key.into())).into_response())
        }
        Err(errors) => {
            let plan = Some((dto, errors));
            Ok(refused(page(&viewer, &state, key, KeyProblems::new(), plan).await?))
        }
    }
}

pub(super) async fn remove(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(key): Path<Uuid>,
) -> Result<Redirect, Fault> {
    state.connections.remove_key(&viewer.actor, key.into()).await?;
    Ok(Redirect::to(urls::ADMIN_KEYS))
}

/// The page of a key; with what is wrong with another that was typed, or with
/// its plan.
async fn page(
    viewer: &Viewer,
    state: &AppState,
    key: Uuid,
    problems: KeyProblems,
    plan: Option<(PlanDto, PlanErrors)>,
) -> Result<Markup, Fault> {
    let key = state.connections.key(&viewer.actor, key.into()).await?;
    let (plan, plan_errors) =
        plan.unwrap_or_else(|| (PlanDto::of(key.credential.quota), PlanErrors::default()));
    let shown = KeyPage { key, problems, plan, plan_errors, clock: clock(state) };
    Ok(views::one(viewer, &shown))
}

fn refused(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

fn clock(state: &AppState) -> PageClock {
    PageClock::of_fleet(&*state.clock, &state.directory.snapshot())
}
