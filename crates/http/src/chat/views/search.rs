use greengrid_app::chat::Found;
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

/// The page with what was found, newest first.
pub(in crate::chat) fn search(words: Option<&str>, found: &[Found], clock: &PageClock) -> Markup {
    layout::main(html! {
        div .lede { div {
            p .lede__date { a href=(urls::CHAT) { "Chat" } " · search" }
            h1 {
                @match words {
                    None => "Find a post",
                    Some(words) => {
                        strong { (format::counted(found.len(), "post", "posts")) } " with “" (words) "”"
                    },
                }
            }
            @if found.len() == 50 { p .lede__sub { "These are the newest. Add a word to find older ones." } }
        } }
        (form(words))
        ol .posts.posts--apart { @for one in found { (result(one, words.unwrap_or_default(), clock)) } }
    })
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
