use maud::{Markup, html};

use crate::assets;

/// A picture from the sprite, in the colour of the text around it. It says
/// nothing to screen readers: a word always stands beside it.
pub(crate) fn icon(name: &str) -> Markup {
    toned_icon(name, None)
}

/// The same, with classes of its own such as `s-act`.
pub(crate) fn toned_icon(name: &str, classes: Option<&str>) -> Markup {
    html! {
        svg class={ "i" @if let Some(classes) = classes { " " (classes) } } aria-hidden="true" focusable="false" {
            use href={ (assets::url("icons.svg")) "#i-" (name) } {}
        }
    }
}
