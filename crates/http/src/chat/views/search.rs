use greengrid_app::chat::{Found, FoundPage};
use greengrid_domain::chat::highlight;
use maud::{Markup, html};

use super::post;
use crate::components::{PageClock, format, icon, layout};
use crate::urls;

/// The form that looks for posts.
pub(super) fn form(words: Option<&str>) -> Markup {
    html! {
        form .rowform role="search" action=(urls::CHAT_SEARCH) aria-label="Posts" {
            label .sr for="words" { "Words of a post" }
            input #words .input name="q" type="search" value=[words] placeholder="Words of a post";
            button .btn type="submit" { (icon("search")) " Find" }
        }
    }
}

/// The page with what was found, newest first; `older` tells that newer ones
/// stand on the pages before.
pub(in crate::chat) fn search(
    words: Option<&str>,
    found: &FoundPage,
    older: bool,
    clock: &PageClock,
) -> Markup {
    layout::main(html! {
        div .lede { div {
            p .lede__date { a href=(urls::CHAT) { "Chat" } " · search" }
            h1 {
                @match words {
                    None => "Find a post",
                    Some(words) => { strong { (how_many(found, older)) } " with “" (words) "”" },
                }
            }
        } }
        (form(words))
        ol .posts.posts--apart {
            @for one in &found.posts { (result(one, words.unwrap_or_default(), clock)) }
        }
        @if let Some(words) = words { (pages(words, found, older)) }
    })
}

fn how_many(found: &FoundPage, older: bool) -> String {
    match (older, found.more) {
        (false, false) => format::counted(found.posts.len(), "post", "posts"),
        (false, true) => format!("The newest {}\u{a0}posts", found.posts.len()),
        (true, _) => format::counted(found.posts.len(), "older post", "older posts"),
    }
}

/// The ways to other pages of what was found.
fn pages(words: &str, found: &FoundPage, older: bool) -> Markup {
    html! {
        @if older || found.more {
            nav .thread__more aria-label="Pages of posts" {
                @if older { a href=(urls::chat_search(words, None)) { "To the newest" } }
                @if older && found.more { " · " }
                @if let Some(last) = found.next() {
                    a rel="next" href=(urls::chat_search(words, Some(last))) { "Older posts" }
                }
            }
        }
    }
}

fn result(found: &Found, words: &str, clock: &PageClock) -> Markup {
    let record = &found.record;
    let seq = record.post.seq.unwrap_or(1);
    let to = urls::room_at(&record.post.room, seq, &post::dom_id(record));
    html! {
        li .post {
            (post::avatar(record))
            div {
                p .post__head {
                    b { (record.author.name) }
                    a href=(to) { (found.room) ", " (format::moment(record.post.posted_at, clock.now, &clock.zone)) }
                }
                p .post__body dir="auto" {
                    @for (part, hit) in highlight(&record.post.body, words) {
                        @if hit { mark { (part) } } @else { (part) }
                    }
                }
            }
        }
    }
}
