use maud::{Markup, html};

use super::path::short;
use crate::components::format;

/// The length of a loss against the largest one on the page. Hatched where
/// the loss is only what may be lost, because nobody can know.
pub(crate) fn loss_bar(share: f64, unseen: bool) -> Markup {
    let width = short(96.0 * share.clamp(0.0, 1.0));
    html! {
        svg .bar width="96" height="5" viewBox="0 0 96 5" aria-hidden="true" {
            rect .b-track width="96" height="5" {}
            @if unseen {
                rect fill="url(#p-none)" width=(width) height="5" {}
            } @else {
                rect .b-loss width=(width) height="5" {}
            }
        }
    }
}

/// Production as a share of what is expected: a bar with a mark at 100 %, and
/// the number.
pub(crate) fn against_expected(share: f64) -> Markup {
    let full = 75.4;
    let tone = if share < 0.9 { "b-loss" } else { "b-fill" };
    html! {
        span .pb {
            svg .bar width="84" height="12" viewBox="0 0 84 12" aria-hidden="true" {
                rect .b-track y="3" width="84" height="6" {}
                rect class=(tone) y="3" width=(short((full * share).clamp(0.0, 84.0))) height="6" {}
                rect .b-mark x=(full) width="2" height="12" {}
            }
            span { (format::percent(share)) }
        }
    }
}
