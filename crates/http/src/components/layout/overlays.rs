use greengrid_app::actor::Permission;
use greengrid_domain::identity::Role;
use maud::{Markup, html};

use super::Nav;
use crate::components::{PageClock, format, icon};

/// Hatchings that charts refer to; they have to be in the same document.
pub(super) fn patterns() -> Markup {
    html! {
        svg .sprite width="0" height="0" aria-hidden="true" focusable="false" {
            defs {
                pattern #p-loss width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect .pt-loss-bg width="5" height="5" {}
                    path .pt-loss d="M0 0v5" {}
                }
                pattern #p-none width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                    path .pt-none d="M0 0v5" {}
                }
            }
        }
    }
}

/// Appears when the live stream breaks off; scripts fill it in.
pub(super) fn offline_banner(clock: Option<&PageClock>) -> Markup {
    html! {
        div #offline .banner role="status" hidden {
            (icon("cloudoff"))
            p {
                strong { "Live updates stopped." } " The figures below are from "
                time data-last-live {
                    @if let Some(clock) = clock { (format::time_with_seconds(clock.now, &clock.zone)) }
                }
                ". Reconnecting" span data-retry {} "…"
            }
            button .btn .btn--small type="button" data-reload { "Reload now" }
        }
    }
}

/// What the keyboard can do, and a way to switch it off.
pub(super) fn keys_dialog(role: Role) -> Markup {
    html! {
        dialog #keys .dialog aria-labelledby="keys-h" {
            h2 #keys-h { "Keyboard" }
            dl .keys {
                @if Permission::ViewSites.granted_to(role) {
                    (key(&["/"], "Search"))
                    (key(&["j", "k"], "Next, previous row"))
                    (key(&["Enter"], "Open the row"))
                }
                @if Permission::TakeAction.granted_to(role) {
                    (key(&["a"], "Take the site, or hand it back"))
                    (key(&["r"], "Apply the new order"))
                }
                @for nav in Nav::of(role) {
                    @let place = nav.place();
                    (key(&["g", place.key.encode_utf8(&mut [0; 4])], &format!("Go to {}", place.label.to_lowercase())))
                }
                (key(&["?"], "This list"))
            }
            form method="dialog" {
                label .check { input type="checkbox" checked; " Single-key shortcuts on" }
                button .btn .btn--primary { "Close" }
            }
        }
    }
}

fn key(keys: &[&str], what: &str) -> Markup {
    html! {
        div { dt { @for key in keys { kbd { (key) } " " } } dd { (what) } }
    }
}
