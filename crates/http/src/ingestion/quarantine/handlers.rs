use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::ingestion::{Ingestion, QuarantineError, Rejection};
use maud::Markup;
use uuid::Uuid;

use super::replay::read_again;
use super::{live, views};
use crate::api::decode::Undecodable;
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// Where a page of the list begins.
#[derive(Debug, serde::Deserialize)]
pub(super) struct PageQuery {
    before: Option<Uuid>,
}

pub(super) async fn list(
    viewer: Viewer,
    State(state): State<AppState>,
    Query(PageQuery { before }): Query<PageQuery>,
) -> Result<Markup, Fault> {
    let main = live::list(before, &state, &viewer.actor).await?;
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    // Only the newest change under the reader's eyes.
    let stream = before.is_none().then(|| View::Quarantine.url());
    Ok(layout::page()
        .viewer(&viewer)
        .title("Quarantine")
        .nav(Nav::Quarantine)
        .clock(clock)
        .maybe_live(stream)
        .main(main)
        .render())
}

pub(super) async fn entry(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Markup, Fault> {
    page(&viewer, &state, id, None).await
}

async fn page(
    viewer: &Viewer,
    state: &AppState,
    id: Uuid,
    refused: Option<&str>,
) -> Result<Markup, Fault> {
    let entry = state.ingestion.quarantined_entry(&viewer.actor, id).await?;
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    let main = views::entry(&entry, &clock.zone, refused);
    Ok(layout::page()
        .viewer(viewer)
        .title("Quarantine")
        .nav(Nav::Quarantine)
        .clock(clock)
        .main(main)
        .render())
}

/// The bytes of an entry, to be kept as a file and never shown by the browser.
pub(super) async fn payload(
    viewer: Viewer,
    State(ingestion): State<Ingestion>,
    Path(id): Path<Uuid>,
) -> Result<Response, Fault> {
    let entry = ingestion.quarantined_entry(&viewer.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"quarantine-{id}\"")),
    ];
    Ok((headers, entry.payload).into_response())
}

/// Tries an entry once more. When nothing of it can be taken, says why.
pub(super) async fn replay(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Fault> {
    let entry = state.ingestion.quarantined_entry(&viewer.actor, id).await?;
    let read = tokio::task::spawn_blocking(move || read_again(&entry)).await;
    let refused = match read.map_err(|error| Fault::Internal(error.into()))? {
        Err(Undecodable::TooLarge(message)) => message,
        Err(Undecodable::Payload { rejection, .. }) => rejection.message,
        Ok(submission) => {
            let receipt = state.ingestion.replay(&viewer.actor, id, submission).await?;
            let taken = receipt.accepted + receipt.duplicates + receipt.corrections;
            match receipt.rejected.into_iter().next() {
                _ if taken > 0 => return Ok(Redirect::to(&urls::quarantined(id)).into_response()),
                Some(Rejection { message, .. }) => message,
                None => "there is no row in it".to_owned(),
            }
        }
    };
    let page = page(&viewer, &state, id, Some(&refused)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

impl From<QuarantineError> for Fault {
    fn from(error: QuarantineError) -> Self {
        match error {
            QuarantineError::Denied(denied) => denied.into(),
            QuarantineError::NoSuchEntry => Self::NotFound,
            QuarantineError::AlreadyReplayed => Self::Conflict(error.to_string()),
            QuarantineError::Store(store) => store.into(),
        }
    }
}
