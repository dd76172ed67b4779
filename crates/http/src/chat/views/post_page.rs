use greengrid_app::chat::PostRecord;
use greengrid_domain::chat::PostStatus;
use greengrid_domain::identity::UserId;
use maud::{Markup, html};

use super::post;
use crate::chat::posts::Problem;
use crate::components::{PageClock, format, icon, layout, pill};
use crate::urls;

/// What the page of one post shows.
pub(in crate::chat) struct PostPage<'a> {
    pub(in crate::chat) record: &'a PostRecord,
    /// What its room is called.
    pub(in crate::chat) room: &'a str,
    pub(in crate::chat) clock: &'a PageClock,
    pub(in crate::chat) reader: UserId,
    /// Whether its reader decides about the posts of others.
    pub(in crate::chat) moderates: bool,
    pub(in crate::chat) problem: &'a Problem,
}

/// One post, with the forms for what its reader may do.
pub(in crate::chat) fn post_page(page: &PostPage<'_>) -> Markup {
    let (record, clock) = (page.record, page.clock);
    let post = &record.post;
    let around = post.seq.map_or_else(
        || urls::room(&post.room),
        |seq| urls::room_at(&post.room, seq, &post::dom_id(record)),
    );
    layout::main(html! {
        div .lede { div {
            p .lede__date { a href=(around) { (page.room) } " · " (format::long_moment(post.posted_at, &clock.zone)) }
            h1 { "A post of " (record.author.name) }
            p .lede__sub { (standing(record)) }
        } }
        div .post.post--alone {
            (post::avatar(record))
            div { (post::heading(record, clock)) (post::body(record)) }
        }
        @if post.changeable(page.reader, clock.now).is_ok() { (own(page)) }
        @if page.moderates && post.removable(page.reader).is_ok() { (decide(page)) }
    })
}

fn standing(record: &PostRecord) -> Markup {
    let post = &record.post;
    html! {
        @match post.status {
            PostStatus::Visible => { (pill::pill("ok", "Visible", false)) " Everybody in the room sees it." },
            PostStatus::Pending => {
                (pill::pill("watch", "Waiting", false)) " It waits until somebody has read it"
                @if let Some(why) = post.held_for { ": " (why.words()) }
                "."
            },
            PostStatus::Removed => {
                (pill::pill("act", "Removed", false))
                @if post.decided_by == Some(post.author) { " Its author took it back." } @else {
                    " By " (record.decided_by.as_deref().unwrap_or("a moderator"))
                    @if let Some(reason) = &post.reason { ": " (reason) }
                }
            },
        }
    }
}

/// What its author may do.
fn own(page: &PostPage<'_>) -> Markup {
    let post = &page.record.post;
    let problem = page.problem.edit.as_ref();
    let typed = problem.map_or(post.body.as_str(), |(_, typed)| typed);
    html! {
        section .section.section--apart aria-labelledby="h-own" {
            div .section__head { h2 #h-own { "Change it" } span .dim { "for 15 minutes" } }
            form .form method="post" action=(urls::post_act(post.id, "edit")) {
                div .field {
                    label for="edit" { "What it says" }
                    textarea #edit .textarea name="text" rows="4" aria-invalid=[problem.map(|_| "true")]
                        aria-describedby=[problem.map(|_| "edit-wrong")] { (typed) }
                    @if let Some((message, _)) = problem { (wrong("edit-wrong", message)) }
                }
                div .row { button .btn.btn--primary type="submit" { "Save" } }
            }
            form method="post" action=(urls::post_act(post.id, "take-back")) {
                button .btn type="submit" { (icon("x")) " Take it back" }
            }
        }
    }
}

/// What somebody who decides may do.
fn decide(page: &PostPage<'_>) -> Markup {
    let post = &page.record.post;
    let problem = page.problem.remove.as_ref();
    html! {
        section .section.section--apart aria-labelledby="h-decide" {
            div .section__head { h2 #h-decide { "Moderate it" } }
            @if post.approvable(page.reader).is_ok() {
                form method="post" action=(urls::post_act(post.id, "approve")) {
                    button .btn.btn--primary type="submit" { (icon("check")) " Approve" }
                }
            }
            form .form method="post" action=(urls::post_act(post.id, "remove")) {
                div .field {
                    label for="why" { "Why it is removed" }
                    p .hint #why-hint { "Its author reads this." }
                    input #why .input name="text" required value=[problem.map(|(_, typed)| typed)]
                        aria-invalid=[problem.map(|_| "true")]
                        aria-describedby=(if problem.is_some() { "why-hint why-wrong" } else { "why-hint" });
                    @if let Some((message, _)) = problem { (wrong("why-wrong", message)) }
                }
                div .row { button .btn type="submit" { (icon("x")) " Remove" } }
            }
        }
    }
}

fn wrong(id: &str, message: &str) -> Markup {
    html! { p .error id=(id) { (icon("act")) " " (message) "." } }
}
