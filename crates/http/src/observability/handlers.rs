use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use super::follow::{Followed, ReadingDto, ReadingWrong, Way};
use super::watch::WATCH;
use super::{trace, views};
use crate::auth::Viewer;
use crate::components::layout::{Nav, main, page};
use crate::fault::Fault;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;

/// The program at work.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    WATCH.begin();
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let filter = asked.text("q");
    let followed = Followed::read(&mut asked);
    system_page(&viewer, &state, filter.as_deref(), followed, &Problem::default()).await
}

/// One request and what followed from it.
pub(super) async fn trace(viewer: Viewer, Path(id): Path<String>) -> Result<Response, Fault> {
    WATCH.begin();
    // Ids are our own; whatever else stands there names nothing.
    let known = uuid::Uuid::parse_str(&id).is_ok();
    if !known {
        return Err(Fault::NotFound);
    }
    let content = views::trace(&id, &trace::read(&id, None));
    Ok(page()
        .viewer(&viewer)
        .title("The way of a request")
        .nav(Nav::System)
        .live(View::Trace(id).url())
        .main(main(content))
        .render()
        .into_response())
}

/// What was wrong with what was to be followed, and what was typed.
#[derive(Debug, Default)]
pub(super) struct Problem {
    pub(super) post: Option<(String, String)>,
    pub(super) reading: Option<(ReadingWrong, ReadingDto)>,
}

pub(super) async fn system_page(
    viewer: &Viewer,
    state: &AppState,
    filter: Option<&str>,
    followed: Option<Followed>,
    problem: &Problem,
) -> Result<Markup, Fault> {
    let way = Way::read(followed.as_ref(), state, &viewer.actor).await?;
    let fleet = state.directory.snapshot();
    let content = views::system(&views::SystemPage {
        now: &views::Now::read(state, filter),
        way: way.as_ref(),
        problem,
        fleet: state.samples.are_taken(&viewer.actor).then_some(&*fleet),
    });
    Ok(page()
        .viewer(viewer)
        .title("System")
        .nav(Nav::System)
        .live(View::System(filter.map(str::to_owned), followed).url())
        .scripts(&["system.js"])
        .main(main(content))
        .render())
}
