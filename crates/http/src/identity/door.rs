use maud::{Markup, Render, html};

use crate::assets;
use crate::auth::Theme;
use crate::components::layout;

/// A page for those who are not in yet: a column to read and type in, beside
/// thirty days of sun.
pub(super) fn door(theme: Theme, title: &str, content: impl Render) -> Markup {
    let main = html! {
        main #main .login {
            div .login__form {
                (layout::brand(None))
                (content)
            }
            aside .login__art {
                svg viewBox="0 0 1000 900" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
                    use href={ (assets::url("days.svg")) "#days" } {}
                }
                p { b { "Thirty days of sun." } " One line per day; the low, ragged ones were cloudy." }
            }
        }
    };
    layout::bare(theme, title, main)
}
