use greengrid_domain::monitoring::Status;
use maud::{Markup, html};

use super::icon::toned_icon;

/// The short name that a status has in styles and in the sprite.
pub(crate) const fn tone(status: Status) -> &'static str {
    match status {
        Status::ActToday => "act",
        Status::PlanVisit => "plan",
        Status::NoData => "none",
        Status::Watch => "watch",
        Status::OnTrack => "ok",
    }
}

/// The shape of a status, in its colour.
pub(crate) fn shape(status: Status) -> Markup {
    let tone = tone(status);
    toned_icon(tone, Some(&format!("s-{tone}")))
}

/// A status as shape and word.
pub(crate) fn status_pill(status: Status) -> Markup {
    pill(tone(status), status.name(), false)
}

/// The same in a box, for beside a page's title.
pub(crate) fn boxed_status(status: Status) -> Markup {
    pill(tone(status), status.name(), true)
}

/// Shape and word in one of the tones `act`, `plan`, `watch`, `ok`, `none`,
/// `busy`.
pub(crate) fn pill(tone: &str, word: &str, boxed: bool) -> Markup {
    html! {
        span class={ "pill pill--" (tone) @if boxed { " pill--boxed" } } {
            (toned_icon(tone, None)) span { (word) }
        }
    }
}
