use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::customer::{MembershipError, SitePeople};
use greengrid_domain::fleet::SiteCode;
use maud::Markup;
use uuid::Uuid;

use super::dto::ShareDto;
use super::views::{self, Problem};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// Who belongs to one's own site.
pub(super) async fn people(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
) -> Result<Markup, Fault> {
    let people = state.memberships.people(&viewer.actor, &known(&code)?).await?;
    Ok(document(&viewer, &state, &people, None))
}

/// Shares one's own site with somebody.
pub(super) async fn share(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(code): Path<String>,
    Form(dto): Form<ShareDto>,
) -> Result<Response, Fault> {
    let code = known(&code)?;
    let done = match dto.command() {
        Ok(command) => state.memberships.share(&viewer.actor, &code, command).await,
        Err(error) => Err(error.into()),
    };
    answer(&viewer, &state, &code, done, Some(dto)).await
}

/// Takes one's own site away from somebody.
pub(super) async fn remove(
    viewer: Viewer,
    State(state): State<AppState>,
    Path((code, user)): Path<(String, Uuid)>,
) -> Result<Response, Fault> {
    let code = known(&code)?;
    let done = state.memberships.remove(&viewer.actor, &code, user.into()).await;
    if done.is_ok() && viewer.user.id == user.into() {
        return Ok(Redirect::to(urls::OWN_SITES).into_response());
    }
    answer(&viewer, &state, &code, done, None).await
}

/// Back to the page when it was done; else the page with what was wrong.
async fn answer(
    viewer: &Viewer,
    state: &AppState,
    code: &SiteCode,
    done: Result<(), MembershipError>,
    typed: Option<ShareDto>,
) -> Result<Response, Fault> {
    let error = match done {
        Ok(()) => {
            return Ok(Redirect::to(&urls::of_own_site(code, "people")).into_response());
        }
        Err(
            error @ (MembershipError::Email(_)
            | MembershipError::AlreadyThere
            | MembershipError::LastOwner
            | MembershipError::Full),
        ) => error,
        Err(error) => return Err(error.into()),
    };
    let status = match error {
        MembershipError::Email(_) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::CONFLICT,
    };
    let people = state.memberships.people(&viewer.actor, code).await?;
    let problem = Problem { message: error.to_string(), typed };
    Ok((status, document(viewer, state, &people, Some(&problem))).into_response())
}

fn document(
    viewer: &Viewer,
    state: &AppState,
    people: &SitePeople,
    problem: Option<&Problem>,
) -> Markup {
    let site = &people.site;
    page()
        .viewer(viewer)
        .title(format!("People at {}", site.details.name))
        .nav(Nav::My)
        .clock(PageClock::read(&*state.clock, site.details.zone.clone()))
        .live(View::SitePeople(site.code.clone()).url())
        .main(views::main(people, problem))
        .render()
}

fn known(code: &str) -> Result<SiteCode, Fault> {
    code.parse().map_err(|_| Fault::NotFound)
}
