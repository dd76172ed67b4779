use axum::Form;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::actor::Actor;
use greengrid_app::identity::{AccountError, Identity, PeoplePage, PeopleQuery};
use greengrid_app::messages::Links;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use uuid::Uuid;

use super::dto::{ActiveDto, InviteDto, InviteError, RoleDto};
use super::people_views::{self, InviteForm};
use super::query::read_people;
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

/// What the list shows and how it was asked for.
pub(super) struct People {
    pub(super) page: PeoplePage,
    pub(super) query: PeopleQuery,
    pub(super) ignored: Vec<String>,
    /// Accounts go by the wall clock, whatever clock the fleet has.
    pub(super) now: Timestamp,
    pub(super) zone: SiteZone,
}

impl People {
    pub(super) async fn read(
        state: &AppState,
        actor: &Actor,
        (query, ignored): (PeopleQuery, Vec<String>),
    ) -> Result<Self, AccountError> {
        let page = state.identity.people(actor, &query).await?;
        let zone = PageClock::of_fleet(&*state.clock, &state.directory.snapshot()).zone;
        Ok(Self { page, query, ignored, now: Timestamp::now(), zone })
    }
}

pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let asked = read_people(query.as_deref().unwrap_or_default());
    page(&viewer, &state, StatusCode::OK, asked, &InviteForm::default()).await
}

/// Invites somebody; what is wrong is said beside the field.
pub(super) async fn invite(
    viewer: Viewer,
    State(state): State<AppState>,
    Form(dto): Form<InviteDto>,
) -> Result<Response, Fault> {
    let invited = match dto.invitee() {
        Ok(invitee) => match state.identity.invite(&viewer.actor, invitee, &state.links).await {
            Ok((user, _)) => Ok(user),
            Err(AccountError::EmailTaken) => Err(InviteError::Taken),
            Err(error) => return Err(error.into()),
        },
        Err(error) => Err(error),
    };
    let (status, form) = match invited {
        Ok(user) => (StatusCode::OK, InviteForm { sent: Some(user), ..InviteForm::default() }),
        Err(error) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            InviteForm { typed: dto, error: Some(error), sent: None },
        ),
    };
    page(&viewer, &state, status, (PeopleQuery::default(), Vec::new()), &form).await
}

pub(super) async fn invite_again(
    viewer: Viewer,
    State(identity): State<Identity>,
    State(links): State<Links>,
    Path(user): Path<Uuid>,
) -> Result<Redirect, Fault> {
    identity.invite_again(&viewer.actor, user.into(), &links).await?;
    Ok(Redirect::to(urls::ADMIN))
}

pub(super) async fn set_role(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(user): Path<Uuid>,
    Form(dto): Form<RoleDto>,
) -> Result<Redirect, Fault> {
    identity.set_role(&viewer.actor, user.into(), dto.role()?).await?;
    Ok(Redirect::to(urls::ADMIN))
}

pub(super) async fn set_active(
    viewer: Viewer,
    State(identity): State<Identity>,
    Path(user): Path<Uuid>,
    Form(dto): Form<ActiveDto>,
) -> Result<Redirect, Fault> {
    if dto.active {
        identity.reactivate(&viewer.actor, user.into()).await?;
    } else {
        identity.deactivate(&viewer.actor, user.into()).await?;
    }
    Ok(Redirect::to(urls::ADMIN))
}

/// For somebody who has lost their app and their recovery codes.
pub(super) async fn turn_factor_off(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(user): Path<Uuid>,
) -> Result<Redirect, Fault> {
    state.factors.turn_off_for(&viewer.actor, user.into()).await?;
    Ok(Redirect::to(urls::ADMIN))
}

async fn page(
    viewer: &Viewer,
    state: &AppState,
    status: StatusCode,
    asked: (PeopleQuery, Vec<String>),
    form: &InviteForm,
) -> Result<Response, Fault> {
    let people = People::read(state, &viewer.actor, asked).await?;
    Ok((status, people_views::page(viewer, &people, form)).into_response())
}
