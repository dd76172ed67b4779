use greengrid_domain::chat::Completion;
use maud::{Markup, html};

use crate::components::format;
use crate::urls;

/// What completes mentions while somebody types: the script tells a field what
/// was begun there, and the field asks for [`completions`].
///
/// A field of several lines may not call itself a combobox, so it stays a text
/// field that names its list and the option it is at, which readers announce.
pub(super) fn asks() -> String {
    format!("@get('{}?begun=' + encodeURIComponent(evt.detail), {{payload: {{}}}})", urls::MENTIONS)
}

/// The list of what can be named, and how much it holds for those who do not
/// see it; empty and hidden before anything was asked for.
pub(in crate::chat) fn completions(begun: &str, offered: &[Completion]) -> Markup {
    html! {
        ul #mentions .mentions role="listbox" aria-label="Whom or what to name"
            data-begun=(begun) hidden[offered.is_empty()] {
            @for (number, one) in offered.iter().enumerate() {
                li id={ "mention-" (number) } role="option" aria-selected="false" data-insert=(one.text) {
                    b { (one.text) }
                    @if let Some(about) = &one.about { " " span { (about) } }
                }
            }
        }
        p #mentions-said .sr role="status" {
            @if !offered.is_empty() {
                (format::counted(offered.len(), "suggestion", "suggestions"))
                ", choose with the arrow keys"
            }
        }
    }
}
