use std::collections::BTreeSet;

use greengrid_domain::customer::NoticeKind;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use crate::components::{layout, pill};
use crate::urls;

/// A box for each kind of letter.
pub(super) fn choice(unwanted: &BTreeSet<NoticeKind>, email: &str, kept: bool) -> Markup {
    layout::main(html! {
        section .section aria-labelledby="h-letters" {
            h1 #h-letters .hero__say { "Which letters we send you" }
            p { "They go to " strong { (email) } ". Each also has a link to stop its kind." }
            @if kept { p role="status" { (pill::pill("ok", "Your choice is kept", false)) } }
            form .form method="post" action=(urls::NOTICES) {
                fieldset .field {
                    legend .sr { "Letters" }
                    @for kind in NoticeKind::iter() {
                        div {
                            label .check {
                                input type="checkbox" name="wanted" value=(kind)
                                    checked[!unwanted.contains(&kind)] aria-describedby={ "h-" (kind) };
                                (kind.name())
                            }
                            p .hint id={ "h-" (kind) } { (kind.when()) }
                        }
                    }
                }
                div .formfoot { button .btn.btn--primary type="submit" { "Keep" } }
            }
        }
    })
}

/// What the address in a letter would stop, and the button that does it.
pub(super) fn way_out(kind: NoticeKind, action: &str) -> Markup {
    html! {
        main #main .page tabindex="-1" {
            div .state {
                (layout::brand(Some(urls::ROOT)))
                h1 { "No more letters of this kind?" }
                p { "“" (kind.name()) "”: " (kind.when()) }
                form method="post" action=(action) {
                    button .btn.btn--primary type="submit" { "Stop them" }
                }
            }
        }
    }
}

/// It is done.
pub(super) fn stopped(kind: NoticeKind) -> Markup {
    html! {
        main #main .page tabindex="-1" {
            div .state {
                (layout::brand(Some(urls::ROOT)))
                h1 { "You get no more of these" }
                p { "We stopped “" (kind.name()) "”. Other letters still come; you choose them on " a href=(urls::NOTICES) { "the page of your letters" } "." }
            }
        }
    }
}
