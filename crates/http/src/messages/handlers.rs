use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use greengrid_app::messages::{Messages, MessagesError};
use greengrid_domain::messages::{LetterId, LetterState};
use maud::Markup;

use super::{frame, live, views};
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::fault::Fault;
use crate::middleware::ForeignDocument;
use crate::query::Asked;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

/// The list: of one state unless of all, from the newest or from a letter on.
pub(super) async fn list(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let mut asked = Asked::read(query.as_deref().unwrap_or_default());
    let of: Option<LetterState> = asked.parse("state");
    let before: Option<LetterId> = asked.parse::<i64>("before").map(LetterId::from);
    let main = layout::main(live::list(of, before, &asked.ignored, &state, &viewer.actor).await?);
    // Only the newest change under the reader's eyes.
    let stream = before.is_none().then(|| View::Letters(of).url());
    Ok(layout::page()
        .viewer(&viewer)
        .title("Mailbox")
        .nav(Nav::Mailbox)
        .maybe_live(stream)
        .main(main)
        .render())
}

/// One letter.
pub(super) async fn letter(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(id): Path<i64>,
) -> Result<Markup, Fault> {
    let (letter, shown) = state.messages.letter(&viewer.actor, id.into()).await?;
    let main = layout::main(views::letter(&views::Opened {
        letter: &letter,
        shown,
        may_send: live::may_send(&state, &viewer.actor),
        clock: live::clock(&state),
    }));
    Ok(layout::page()
        .viewer(&viewer)
        .title(letter.summary.subject.to_string())
        .nav(Nav::Mailbox)
        .main(main)
        .render())
}

/// The markup of a letter with its pictures, for a frame in which nothing runs
/// and from which nothing is fetched.
pub(super) async fn html(
    viewer: Viewer,
    State(messages): State<Messages>,
    Path(id): Path<i64>,
) -> Result<Response, Fault> {
    let (letter, shown) = messages.letter(&viewer.actor, id.into()).await?;
    let html = letter.letter.html.as_ref().filter(|_| shown).ok_or(Fault::NotFound)?;
    let document = frame::with_pictures(html, &letter.letter.images);
    let mut response = axum::response::Html(document).into_response();
    response.extensions_mut().insert(ForeignDocument);
    Ok(response)
}

/// Sends a letter once more.
pub(super) async fn resend(
    viewer: Viewer,
    State(messages): State<Messages>,
    Path(id): Path<i64>,
) -> Result<Redirect, Fault> {
    messages.resend(&viewer.actor, id.into()).await?;
    Ok(Redirect::to(&urls::letter(id.into())))
}

impl From<MessagesError> for Fault {
    fn from(error: MessagesError) -> Self {
        match error {
            MessagesError::Denied(denied) => denied.into(),
            MessagesError::NoSuchLetter => Self::NotFound,
            MessagesError::NotNow => Self::Conflict(error.to_string()),
            MessagesError::Store(store) => store.into(),
        }
    }
}
