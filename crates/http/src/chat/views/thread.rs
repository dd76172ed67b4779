use greengrid_app::chat::Thread;
use jiff::civil::Date;
use maud::{Markup, html};

use super::post::post;
use crate::components::{PageClock, format};
use crate::urls;

/// The posts of a part of a room: what a stream replaces, or adds to.
pub(in crate::chat) fn thread(thread: &Thread, clock: &PageClock) -> Markup {
    let mut day: Option<Date> = None;
    html! {
        div #thread .thread {
            @if let Some(earlier) = thread.window.earlier(thread.last_seq) {
                @let to = urls::room_part(&thread.room, earlier);
                p .thread__more {
                    // A window that follows grows under its reader; one that would grow too
                    // long is another page.
                    a #earlier href=(to) data-grow[earlier.until == thread.window.until] {
                        "Earlier posts"
                    }
                }
            }
            ol #posts .posts {
                // Never empty, so that the first post can be added to it.
                li #posts-begin .posts__begin {
                    @if thread.last_seq == 0 { "Nothing was said here yet. Write the first post." }
                    @else if thread.window.from <= 1 { "This is where the room begins." }
                }
                @for record in &thread.posts {
                    @let posted = clock.zone.day(record.post.posted_at);
                    @if day.replace(posted) != Some(posted) {
                        li .divider id={ "day-" (posted) } { (said_day(posted, clock)) }
                    }
                    (post(record, clock))
                }
            }
            @if let Some(later) = thread.window.later(thread.last_seq) {
                p .thread__more {
                    a href=(urls::room_part(&thread.room, later)) { "Later posts" }
                    " · " a href=(urls::room(&thread.room)) { "To the newest" }
                }
            }
        }
    }
}

fn said_day(day: Date, clock: &PageClock) -> String {
    if clock.zone.day(clock.now) == day { "Today".to_owned() } else { format::long_day(day) }
}
