use axum::extract::{RawQuery, State};
use greengrid_app::chat::FoundPage;
use maud::Markup;
use uuid::Uuid;

use super::live::clock;
use super::views;
use crate::auth::Viewer;
use crate::components::layout::{Nav, page};
use crate::fault::Fault;
use crate::query::Asked;
use crate::state::AppState;

/// Posts with the words asked for.
pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let words = asked.text("q");
    let before = asked.parse::<Uuid>("before");
    let found = match &words {
        Some(words) => state.chat.search(&viewer.actor, words, before.map(Into::into)).await?,
        None => FoundPage::default(),
    };
    let clock = clock(&state);
    let main = views::search(words.as_deref(), &found, before.is_some(), &clock);
    Ok(page()
        .viewer(&viewer)
        .title("Search posts")
        .nav(Nav::Chat)
        .clock(clock.clone())
        .main(main)
        .render())
}
