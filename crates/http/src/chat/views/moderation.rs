use greengrid_app::chat::PostRecord;
use greengrid_domain::chat::PostStatus;
use maud::{Markup, html};

use super::post;
use crate::components::{PageClock, format, icon, pill};
use crate::urls;

/// What waits for a decision, and what was decided lately: the part of the
/// page that a stream replaces.
pub(in crate::chat) fn queue(
    waiting: &[PostRecord],
    decided: &[PostRecord],
    clock: &PageClock,
) -> Markup {
    html! {
        div #moderation .moderation {
            div .lede { div {
                p .lede__date { a href=(urls::CHAT) { "Chat" } " · moderation" }
                h1 {
                    @match waiting.len() {
                        0 => { strong { "No post waits." } },
                        n => {
                            strong { (format::counted(n, "post", "posts")) }
                            (if n == 1 { " waits" } else { " wait" }) " for a decision."
                        },
                    }
                }
            } }
            @if !waiting.is_empty() {
                ol .posts.posts--apart { @for record in waiting { (waits(record, clock)) } }
            }
            section .section aria-labelledby="h-decided" {
                div .section__head { h2 #h-decided { "Decided lately" } }
                @if decided.is_empty() {
                    div .state { p { "Nothing yet. What rules hold back, and what is removed, is listed here." } }
                } @else {
                    ul .posts { @for record in decided { (was_decided(record, clock)) } }
                }
            }
        }
    }
}

fn waits(record: &PostRecord, clock: &PageClock) -> Markup {
    let post_id = record.post.id;
    let reason = format!("reason-{post_id}");
    html! {
        li .post id=(post::dom_id(record)) {
            (post::avatar(record))
            div {
                (post::heading(record, clock))
                (post::body(record))
                @if let Some(why) = record.post.held_for {
                    p .hint { (icon("info")) " Held back because " (why.words()) "." }
                }
                div .row {
                    form method="post" action=(urls::post_act(post_id, "approve")) {
                        button .btn.btn--small.btn--primary type="submit" {
                            (icon("check")) " Approve" span .sr { " the post of " (record.author.name) }
                        }
                    }
                    form .rowform method="post" action=(urls::post_act(post_id, "remove")) {
                        label .sr for=(reason) { "Why it is removed" }
                        input .input id=(reason) name="text" maxlength="200" required placeholder="Why, for its author";
                        button .btn.btn--small type="submit" {
                            (icon("x")) " Remove" span .sr { " the post of " (record.author.name) }
                        }
                    }
                }
            }
        }
    }
}

fn was_decided(record: &PostRecord, clock: &PageClock) -> Markup {
    html! {
        li .post {
            (post::avatar(record))
            div {
                (post::heading(record, clock))
                (post::body(record))
                p .hint {
                    @if record.post.status == PostStatus::Removed {
                        (pill::pill("act", "Removed", false))
                    } @else { (pill::pill("ok", "Visible", false)) }
                    " by " (record.decided_by.as_deref().unwrap_or("a moderator"))
                    @if let Some(reason) = &record.post.reason { ": " (reason) }
                }
            }
        }
    }
}
