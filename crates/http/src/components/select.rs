use maud::{Markup, Render, html};

/// A labelled choice among a filter's values.
pub(crate) fn select(label: &str, name: &str, options: impl Render) -> Markup {
    let id = format!("f-{name}");
    html! {
        span .pair {
            label for=(id) { (label) }
            select .select id=(id) name=(name) { (options) }
        }
    }
}

/// One value of a choice.
pub(crate) fn option(value: &str, words: &str, selected: bool) -> Markup {
    html! { option value=(value) selected[selected] { (words) } }
}
