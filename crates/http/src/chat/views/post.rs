use greengrid_app::chat::PostRecord;
use greengrid_domain::chat::{Piece, Target, pieces};
use greengrid_domain::identity::UserName;
use maud::{Markup, html};

use super::edit;
use crate::components::{PageClock, format, icon};
use crate::urls;

/// Id of the element of a post.
pub(in crate::chat) fn dom_id(record: &PostRecord) -> String {
    format!("post-{}", record.post.id)
}

/// A post in its thread. It is rendered once for everybody in the room: what one
/// may do about it stands on its own page, and what shows the way to change it
/// in place appears in the browser of whoever wrote it.
pub(in crate::chat) fn post(record: &PostRecord, clock: &PageClock) -> Markup {
    let post = &record.post;
    let young = post.changeable(post.author, clock.now).is_ok();
    html! {
        li .post id=(dom_id(record)) data-seq=[post.seq] {
            (avatar(record))
            div {
                (heading(record, clock))
                (body(record))
                (edit::place(post.id))
            }
            span .post__tools {
                @if young { (edit::button(post)) }
                a .post__open.iconbtn href=(urls::post(post.id)) {
                    (icon("more")) span .sr { "Open the post of " (record.author.name) }
                }
            }
        }
    }
}

/// The initials of whoever wrote it.
pub(super) fn avatar(record: &PostRecord) -> Markup {
    let initials = record.author.name.parse().map(|name: UserName| name.initials());
    html! { span .avatar aria-hidden="true" { (initials.unwrap_or_default()) } }
}

/// Who wrote it, and when.
pub(super) fn heading(record: &PostRecord, clock: &PageClock) -> Markup {
    let post = &record.post;
    html! {
        p .post__head {
            b { (record.author.name) }
            span { (record.author.role.name()) }
            time datetime=(format::iso(post.posted_at))
                title=(format::long_moment(post.posted_at, &clock.zone)) {
                (format::time_of_day(post.posted_at, &clock.zone))
            }
            @if post.edited_at.is_some() { span { "edited" } }
        }
    }
}

/// What was said, with what it names as links.
pub(super) fn body(record: &PostRecord) -> Markup {
    html! {
        p .post__body dir="auto" {
            @for piece in pieces(&record.post.body, &record.post.mentions) {
                @match piece {
                    Piece::Text(text) => (text),
                    // Only http and https come this far.
                    Piece::Link(link) => a href=(link) rel="noopener noreferrer nofollow ugc" { (link) },
                    Piece::Mention(text, target) => (mention(text, target)),
                }
            }
        }
    }
}

fn mention(text: &str, target: &Target) -> Markup {
    let (to, card, text) = match target {
        Target::Person(id) => (urls::person(*id), format!("{}/card", urls::person(*id)), text),
        Target::Site(code) => (urls::site(code), urls::site_card(code), text),
        Target::Anomaly(id) => {
            let to = urls::any_anomaly(*id);
            (to.clone(), format!("{to}/card"), "this anomaly")
        }
    };
    html! { a .at href=(to) data-card=(card) { (text) } }
}
