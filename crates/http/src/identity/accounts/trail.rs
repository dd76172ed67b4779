use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use greengrid_app::actor::Actor;
use greengrid_app::identity::{Identity, TrailEntry, TrailQuery};
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::Markup;

use super::query::{AskedTrail, read_trail};
use super::trail_views;
use crate::auth::Viewer;
use crate::components::{PageClock, format};
use crate::fault::Fault;
use crate::state::AppState;
use greengrid_app::monitoring::csv_text;

/// What the page shows and how it was asked for.
pub(super) struct Trail {
    pub(super) entries: Vec<TrailEntry>,
    pub(super) more: bool,
    pub(super) asked: AskedTrail,
    pub(super) now: Timestamp,
    pub(super) zone: SiteZone,
}

pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let zone = zone(&state);
    let asked = read_trail(query.as_deref().unwrap_or_default(), &zone);
    let (entries, more) = state.identity.trail(&viewer.actor, &asked.query).await?;
    let trail = Trail { entries, more, asked, now: Timestamp::now(), zone };
    Ok(trail_views::page(&viewer, &trail))
}

const HEADER: &str = "number,at,by_kind,by_id,by,action,subject,subject_id,about,before,after\r\n";

/// All that matches as a file, sent part by part. When the store fails half-way
/// the transfer breaks off, so that nobody takes half a file for the whole.
pub(super) async fn export(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Response, Fault> {
    let asked = read_trail(query.as_deref().unwrap_or_default(), &zone(&state));
    let first = TrailQuery { before: None, ..asked.query };
    // The first part is read before the answer begins, so that a refusal still
    // has its status.
    let (begin, next) = part(&state.identity, &viewer.actor, first).await?;
    let begin = Bytes::from(format!("{HEADER}{begin}"));
    let rest = stream::unfold(
        (state.identity, viewer.actor, next),
        |(identity, actor, next)| async move {
            match part(&identity, &actor, next?).await {
                Ok((rows, next)) => Some((Ok(Bytes::from(rows)), (identity, actor, next))),
                Err(error) => {
                    tracing::error!(%error, "an export of the audit trail broke off");
                    Some((Err(error), (identity, actor, None)))
                }
            }
        },
    );
    let name = format!("attachment; filename=\"trail-{}.csv\"", Timestamp::now().strftime("%F"));
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    // Compression asks once more after the end.
    let all = stream::iter([Ok(begin)]).chain(rest).fuse();
    Ok((headers, Body::from_stream(all)).into_response())
}

/// Rows of the next part, and what the part after it is asked by.
async fn part(
    identity: &Identity,
    actor: &Actor,
    query: TrailQuery,
) -> Result<(String, Option<TrailQuery>), greengrid_app::identity::AccountError> {
    let (entries, more) = identity.trail_part(actor, &query).await?;
    let rows = entries.iter().map(line).collect();
    let last = entries.last().filter(|_| more).map(|last| last.number);
    Ok((rows, last.map(|last| TrailQuery { before: Some(last), ..query })))
}

fn line(trail: &TrailEntry) -> String {
    let entry = &trail.entry;
    let (kind, id) = match entry.initiator {
        Initiator::User(id) => ("user", id.to_string()),
        Initiator::Token(id) => ("token", id.to_string()),
        Initiator::CommandLine => ("command_line", String::new()),
        Initiator::System => ("system", String::new()),
    };
    let subject: &str = entry.subject.into();
    let cells = [
        trail.number.to_string(),
        format::iso(entry.at),
        kind.to_owned(),
        id,
        csv_text(trail.by.as_deref().unwrap_or_default()),
        csv_text(&entry.action),
        subject.to_owned(),
        csv_text(&entry.subject_id),
        csv_text(trail.about.as_deref().unwrap_or_default()),
        csv_text(entry.before.as_deref().unwrap_or_default()),
        csv_text(entry.after.as_deref().unwrap_or_default()),
    ];
    let mut line = cells.join(",");
    line.push_str("\r\n");
    line
}

fn zone(state: &AppState) -> SiteZone {
    PageClock::of_fleet(&*state.clock, &state.directory.snapshot()).zone
}
