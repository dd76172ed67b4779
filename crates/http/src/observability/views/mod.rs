mod burst;
mod now;
mod panels;
mod trace;

use maud::{Markup, html};

pub(super) use now::Now;
pub(super) use panels::panels;
pub(super) use trace::trace;

use crate::components::icon;
use crate::urls;

/// The page: how the program does, its signals, a burst, and a post to follow.
pub(super) fn system(now: &Now<'_>, wrong: Option<(&str, &str)>) -> Markup {
    html! {
        (panels::lede(now))
        form .filters.system__filter action=(urls::SYSTEM) role="search" aria-label="Signals" {
            label .sr for="signals" { "Only signals that tell" }
            input #signals .input type="search" name="q" value=[now.filter] placeholder="Only what tells, such as /chat or insert";
            button .btn type="submit" { (icon("filter")) " Filter" }
            @if now.filter.is_some() { a href=(urls::SYSTEM) { "Show all" } }
        }
        (panels::logs(now))
        (follow(wrong))
        (burst::burst())
    }
}

/// The form whose request is followed.
fn follow(wrong: Option<(&str, &str)>) -> Markup {
    html! {
        section .section.section--apart aria-labelledby="h-follow" {
            div .section__head {
                h2 #h-follow { "Follow one" }
                span .dim { "posts in the lobby, and shows the way of that very request" }
            }
            form .rowform method="post" action="/system/follow" {
                label .sr for="follow" { "A post for the lobby" }
                input #follow .input name="text" required placeholder="A post for the lobby"
                    value=[wrong.map(|(_, typed)| typed)] aria-invalid=[wrong.map(|_| "true")]
                    aria-describedby=[wrong.map(|_| "follow-wrong")];
                button .btn.btn--primary type="submit" { (icon("send")) " Post and follow" }
                @if let Some((message, _)) = wrong {
                    p #follow-wrong .error { (icon("act")) " " (message) "." }
                }
            }
            p .dim {
                "Or choose the time of any request above to see its way, such as that of a reading at "
                code { "/api/v1/readings" } "."
            }
        }
    }
}
