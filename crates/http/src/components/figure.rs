use maud::{Markup, Render, html};

/// A key figure: label, value, one line of comparison. Belongs into a `dl`
/// with the class `figures`.
#[bon::builder(finish_fn = render)]
pub(crate) fn figure(
    label: &str,
    value: impl Render,
    note: Option<Markup>,
    /// Whether the value depends on the live stream.
    #[builder(default = true)]
    live: bool,
) -> Markup {
    html! {
        div .figure {
            dt { (label) }
            dd {
                span data-live[live] { (value) }
                @if let Some(note) = note { span .note { (note) } }
            }
        }
    }
}
