mod cards;
mod composer;
mod edit;
mod mentions;
mod moderation;
mod post;
mod post_page;
mod rooms;
mod search;
mod thread;

use greengrid_app::chat::{Inbox, Person, Thread};
use greengrid_domain::chat::PostId;
use greengrid_domain::identity::UserId;
use maud::{Markup, html};

pub(super) use cards::{anomaly_card, person_card, person_page, site_card};
pub(super) use composer::{Said, answered};
pub(super) use edit::edit_form;
pub(super) use mentions::completions;
pub(super) use moderation::queue;
pub(super) use post::{dom_id, post};
pub(super) use post_page::{PostPage, post_page};
pub(super) use rooms::{held, rooms};
pub(super) use search::search;
pub(super) use thread::thread;

use crate::components::{PageClock, icon};
use crate::urls;

/// What the page of a room shows.
pub(super) struct RoomPage<'a> {
    pub(super) thread: &'a Thread,
    pub(super) inbox: &'a Inbox,
    /// Whom one can name.
    pub(super) people: &'a [Person],
    pub(super) clock: &'a PageClock,
    /// Key of the next post.
    pub(super) id: PostId,
    /// What was typed already.
    pub(super) typed: &'a str,
    /// What became of what was sent.
    pub(super) said: Option<&'a Said>,
    /// Code of a site, to show how one is named.
    pub(super) example: &'a str,
    /// Whether its reader decides about posts.
    pub(super) moderates: bool,
    pub(super) reader: UserId,
}

/// The page: rooms, the thread with the form, and whom one can name.
pub(super) fn main(page: &RoomPage<'_>) -> Markup {
    let thread = page.thread;
    html! {
        main #main .page tabindex="-1" {
            div .chatgrid {
                (rooms(page.inbox, &thread.room, page.moderates))
                section .chatmain aria-labelledby="h-room" data-room=(thread.room)
                    data-signals:_me={ "'" (page.reader) "'" }
                    data-read=(read(page)) data-read-url=(urls::room_read(&thread.room)) {
                    div .chatmain__head {
                        h1 #h-room { (thread.title) }
                        p { "For the team. Customers do not see this." }
                    }
                    div #scroll .chatmain__scroll role="log" aria-label="Posts" tabindex="0" {
                        (self::thread(thread, page.clock))
                    }
                    div {
                        (held(page.inbox, &thread.room))
                        (composer::composer(page))
                        (completions("", &[]))
                    }
                }
                (about(page))
            }
        }
    }
}

/// How far the reader has come in this room.
fn read(page: &RoomPage<'_>) -> i64 {
    let head = page.inbox.rooms.iter().find(|head| head.room == page.thread.room);
    head.map_or(0, |head| head.read)
}

/// What one can look for and whom one can name.
fn about(page: &RoomPage<'_>) -> Markup {
    html! {
        aside .pane.stack aria-label="About the rooms" {
            section .section aria-labelledby="h-find" {
                div .section__head { h2 #h-find { "Find a post" } }
                (search::form(None))
            }
            section .section aria-labelledby="h-team" {
                div .section__head { h2 #h-team { "People you can name" } }
                ul .feed.feed--plain {
                    @for person in page.people {
                        li { (icon("users")) span {
                            a href=(urls::person(person.id)) { "@" (person.name) }
                            " " span .dim { (person.role.name()) }
                        } }
                    }
                }
                p .hint {
                    "Write " code { "@" } " and a name, " code { "#" } " and a site such as "
                    code { "#" (page.example) } ", or use “Discuss” on an anomaly."
                }
            }
        }
    }
}
