use greengrid_app::chat::{Inbox, PostRecord, RoomHead};
use greengrid_domain::chat::{PostStatus, Room};
use maud::{Markup, html};

use crate::components::{icon, unread};
use crate::urls;

/// Letters of a post by which its author knows it.
const SHOWN: usize = 80;

/// The rooms, with how much is new in each.
pub(in crate::chat) fn rooms(inbox: &Inbox, current: &Room, moderates: bool) -> Markup {
    let of = |incidents: bool| {
        inbox.rooms.iter().filter(move |head| matches!(head.room, Room::Incident(_)) == incidents)
    };
    html! {
        nav #rooms .pane.rooms aria-label="Rooms" {
            h2 { "Rooms" }
            ul { @for head in of(false) { (entry(head, current)) } }
            @if of(true).next().is_some() {
                h2 { "Incidents" }
                ul { @for head in of(true) { (entry(head, current)) } }
            }
            @if moderates {
                h2 { "Moderation" }
                ul { li { a href=(urls::MODERATION) data-unread[inbox.waiting > 0] {
                    (icon("eye")) span { "Waiting posts" }
                    @if inbox.waiting > 0 {
                        span .count { (inbox.waiting) span .sr { " waiting" } }
                    }
                } } }
            }
        }
    }
}

fn entry(head: &RoomHead, current: &Room) -> Markup {
    let here = head.room == *current;
    // What is on the screen counts as read in a moment.
    let unread = if here { 0 } else { head.unread() };
    let shape = match head.room {
        Room::Lobby => "users",
        Room::Region(_) => "pin",
        Room::Incident(_) => "watch",
    };
    html! {
        li { a href=(urls::room(&head.room)) aria-current=[here.then_some("page")] data-unread[unread > 0] {
            (icon(shape)) span { (head.title) }
            @if unread > 0 { span .count { (unread::figure(unread)) } }
        } }
    }
}

/// What became of somebody's own posts that others in the room do not see.
pub(in crate::chat) fn held(inbox: &Inbox, room: &Room) -> Markup {
    let own = || inbox.held.iter().filter(|record| record.post.room == *room);
    html! {
        div #held .held role="status" {
            @if own().next().is_some() {
                ul .feed.feed--plain { @for record in own() { (held_post(record)) } }
            }
        }
    }
}

fn held_post(record: &PostRecord) -> Markup {
    let post = &record.post;
    let begin: String = post.body.chars().take(SHOWN).collect();
    let more = post.body.chars().count() > SHOWN;
    html! {
        li {
            (icon(if post.status == PostStatus::Pending { "clock" } else { "x" }))
            span {
                a href=(urls::post(post.id)) { "“" (begin) @if more { "…" } "”" }
                @if post.status == PostStatus::Pending {
                    " waits until somebody has read it"
                    @if let Some(why) = post.held_for { ": " (why.words()) }
                    "."
                } @else {
                    " was removed by " (record.decided_by.as_deref().unwrap_or("a moderator"))
                    @if let Some(reason) = &post.reason { ": " (reason) }
                }
            }
        }
    }
}
