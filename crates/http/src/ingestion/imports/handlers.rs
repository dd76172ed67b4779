use axum::body::Body;
use axum::extract::{Multipart, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use futures::{StreamExt as _, stream};
use greengrid_app::actor::Actor;
use greengrid_app::fleet::Directory;
use greengrid_app::ingestion::{ImportError, Imports};
use maud::Markup;
use uuid::Uuid;

use super::upload::{self, Upload};
use super::work::import;
use super::{live, views};
use crate::auth::Viewer;
use crate::components::PageClock;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::ingestion::files;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// Bytes to which the files of one form may unpack.
const MOST_UNPACKED: u64 = 4 << 30;
/// Imports that the page lists.
const LISTED: u32 = 50;
/// Rows of a report read at once.
const REPORT_ROWS: u32 = 2_000;

pub(super) async fn show(viewer: Viewer, State(state): State<AppState>) -> Result<Markup, Fault> {
    page(&viewer, &state, None).await
}

async fn page(viewer: &Viewer, state: &AppState, error: Option<&str>) -> Result<Markup, Fault> {
    let jobs = state.imports.latest(&viewer.actor, LISTED).await?;
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    let main = views::overview(&jobs, &clock.zone, error);
    Ok(layout::page()
        .viewer(viewer)
        .title("Import")
        .nav(Nav::Import)
        .clock(clock)
        .main(main)
        .render())
}

/// Takes the files of the form and goes on with them after the answer.
pub(super) async fn start(
    viewer: Viewer,
    State(state): State<AppState>,
    form: Multipart,
) -> Result<Response, Fault> {
    let upload = upload::receive(form).await?;
    if upload.files.sites.is_none() && upload.files.readings.is_empty() {
        let page = page(&viewer, &state, Some("Choose at least one file.")).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let new = upload.files.announcement();
    let id = state.imports.begin(&viewer.actor, &new).await?;
    tokio::spawn(work(state.imports, state.directory, viewer.actor, id, upload));
    Ok(Redirect::to(&urls::import(id)).into_response())
}

async fn work(imports: Imports, directory: Directory, actor: Actor, id: Uuid, upload: Upload) {
    let Upload { files, kept_in } = upload;
    let result = import(&imports, &directory, &actor, id, files, MOST_UNPACKED, |_| {}).await;
    match result {
        Err(ImportError::Store(error)) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(import.id = %id, cause, "import failed");
        }
        Err(error) => tracing::warn!(import.id = %id, %error, "import ended early"),
        Ok(progress) => {
            tracing::info!(import.id = %id, rows = progress.accepted, "import done");
        }
    }
    drop(kept_in);
}

pub(super) async fn job(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<Uuid>,
) -> Result<Markup, Fault> {
    let main = live::patch(id, &state, &viewer.actor).await?;
    let clock = PageClock::of_fleet(&*state.clock, &state.directory.snapshot());
    Ok(layout::page()
        .viewer(&viewer)
        .title("Import")
        .nav(Nav::Import)
        .clock(clock)
        .live(View::Import(id).url())
        .main(main)
        .render())
}

/// The rows not taken, as a file for a spreadsheet.
pub(super) async fn rejected(
    viewer: Viewer,
    State(imports): State<Imports>,
    Path(id): Path<Uuid>,
) -> Result<Response, Fault> {
    imports.job(&viewer.actor, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rejected-{id}.csv\"")),
    ];
    let report = stream::unfold(Some(None), move |after: Option<Option<(String, u32)>>| {
        let (imports, actor) = (imports.clone(), viewer.actor.clone());
        async move {
            let after = after?;
            let from = after.as_ref().map(|(file, row)| (file.as_str(), *row));
            let rows = match imports.rejects(&actor, id, from, REPORT_ROWS).await {
                Ok(rows) => rows,
                Err(error) => return Some((Err(error), None)),
            };
            let head = if after.is_none() { files::HEADER } else { "" };
            let next = rows.last().map(|last| Some((last.file.clone(), last.row)));
            Some((Ok(format!("{head}{}", files::report(&rows))), next))
        }
    });
    Ok((headers, Body::from_stream(report.fuse())).into_response())
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Denied(denied) => denied.into(),
            ImportError::NoSuchImport => Self::NotFound,
            ImportError::Store(store) => store.into(),
            ImportError::File(message) => Self::Unprocessable(message),
            ImportError::Ended => Self::Conflict(error.to_string()),
        }
    }
}
