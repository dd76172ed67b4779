use axum::Form;
use axum::extract::{Path, State};
use axum::response::Redirect;
use greengrid_app::ingestion::broker::BrokerError;
use greengrid_app::ingestion::canary::CanaryError;
use greengrid_app::ingestion::connections::{ConnectionError, Connections};
use jiff::civil::Date;
use maud::Markup;
use uuid::Uuid;

use super::views::Done;
use super::{model, views};
use crate::auth::Viewer;
use crate::fault::Fault;
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    let model = model::read(&state, &viewer.actor).await?;
    Ok(views::page(&viewer, &model, None))
}

/// Tests a connection with the vendor's real interface, and answers with the
/// page that shows every step.
pub(super) async fn test(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(connection): Path<Uuid>,
) -> Result<Markup, Fault> {
    let mut checks = Vec::new();
    let tell = |check| checks.push(check);
    state.connections.test(&viewer.actor, connection.into(), tell).await?;
    let model = model::read(&state, &viewer.actor).await?;
    let row = model.rows.iter().find(|row| row.id == connection.into());
    let done = Done { site: row.map_or_else(String::new, |row| row.name.clone()), checks };
    Ok(views::page(&viewer, &model, Some(&done)))
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct PauseDto {
    paused: bool,
}

pub(super) async fn pause(
    viewer: Viewer,
    State(connections): State<Connections>,
    Path(connection): Path<Uuid>,
    Form(dto): Form<PauseDto>,
) -> Result<Redirect, Fault> {
    connections.pause(&viewer.actor, connection.into(), dto.paused).await?;
    Ok(Redirect::to(urls::CONNECTIONS))
}

#[derive(Debug, serde::Deserialize)]
pub(super) struct BackFillDto {
    from: String,
}

pub(super) async fn back_fill(
    viewer: Viewer,
    State(connections): State<Connections>,
    Path(connection): Path<Uuid>,
    Form(dto): Form<BackFillDto>,
) -> Result<Redirect, Fault> {
    let day: Date = dto.from.trim().parse().map_err(|_| {
        Fault::Unprocessable(format!("“{}” is no day such as 2026-05-01", dto.from))
    })?;
    let from = day.in_tz("UTC").map_err(|_| Fault::from(ConnectionError::From))?.timestamp();
    connections.back_fill(&viewer.actor, connection.into(), from).await?;
    Ok(Redirect::to(urls::CONNECTIONS))
}

impl From<BrokerError> for Fault {
    fn from(error: BrokerError) -> Self {
        match error {
            BrokerError::Denied(denied) => denied.into(),
            BrokerError::Store(store) => store.into(),
        }
    }
}

impl From<CanaryError> for Fault {
    fn from(error: CanaryError) -> Self {
        match error {
            CanaryError::Denied(denied) => denied.into(),
            CanaryError::Store(store) => store.into(),
        }
    }
}

impl From<ConnectionError> for Fault {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::Denied(denied) => denied.into(),
            ConnectionError::Store(store) => store.into(),
            ConnectionError::NoSuchConnection | ConnectionError::NoSuchKey => Self::NotFound,
            ConnectionError::Taken
            | ConnectionError::NameTaken
            | ConnectionError::Pushed
            | ConnectionError::ByApproval
            | ConnectionError::InUse => Self::Conflict(error.to_string()),
            ConnectionError::Code(_)
            | ConnectionError::NoSuchSite(_)
            | ConnectionError::NoSuchCredential(_)
            | ConnectionError::Name
            | ConnectionError::From
            | ConnectionError::Typed(_)
            | ConnectionError::Vendor(_) => Self::Unprocessable(error.to_string()),
        }
    }
}
