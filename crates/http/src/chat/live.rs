use greengrid_app::actor::{Actor, Permission};
use greengrid_app::chat::{Look, Window};
use greengrid_domain::chat::Room;
use maud::{Markup, html};

use super::views;
use crate::components::{PageClock, unread};
use crate::fault::Fault;
use crate::state::AppState;

/// The posts of a part of a room.
pub(crate) async fn room(
    room: &Room,
    window: Window,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let thread = state.chat.thread(actor, room, Look::Part(window)).await?;
    Ok(views::thread(&thread, &clock(state)))
}

/// What is new to somebody: counts in the navigation, and on the page of a
/// room its neighbours and what became of their own posts.
pub(crate) async fn inbox(
    room: Option<&Room>,
    state: &AppState,
    actor: &Actor,
) -> Result<Markup, Fault> {
    let inbox = state.chat.inbox(actor).await?;
    Ok(html! {
        (unread::counts(inbox.unread()))
        @if let Some(room) = room {
            (views::rooms(&inbox, room, actor.may(Permission::ModerateChat)))
            (views::held(&inbox, room))
        }
    })
}

/// The posts that wait for a decision.
pub(crate) async fn moderation(state: &AppState, actor: &Actor) -> Result<Markup, Fault> {
    let (waiting, decided) = state.chat.queue(actor).await?;
    Ok(views::queue(&waiting, &decided, &clock(state)))
}

/// The time by which posts are dated.
pub(super) fn clock(state: &AppState) -> PageClock {
    PageClock::of_fleet(&*state.clock, &state.directory.snapshot())
}
