use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::monitoring::handover::Handover;
use maud::{Markup, html};

use super::{gist, turns, waits};
use crate::components::{format, icon};
use crate::urls;

/// The whole handover.
pub(super) fn handover(handover: &Handover, fleet: &FleetSnapshot, ignored: &[String]) -> Markup {
    html! {
        div #handover {
            (lede(handover))
            @for ignored in ignored { p .section__note { (ignored) } }
            (regions(handover, fleet))
            (turns::changed(&handover.turns, handover.now, &handover.zone))
            (turns::done(&handover.turns, handover.now, &handover.zone))
            (waits::waits(handover))
            p .printline {
                "Printed from the shift handover of " (format::long_moment(handover.now, &handover.zone))
                " (" (handover.zone.name()) ")."
            }
        }
    }
}

fn lede(handover: &Handover) -> Markup {
    let since = format::moment(handover.since, handover.now, &handover.zone);
    let place = handover.region.as_ref().map_or("All regions", |(_, name)| name.as_str());
    html! {
        div .lede {
            p .lede__date {
                a href=(urls::REPORTS) { "Morning reports" } " · Shift handover · " (place)
            }
            div {
                h1 { (headline(handover)) }
                p .lede__sub {
                    @if handover.after_report { "Since the last report, " (since) "." }
                    @else { "There is no report of the last days, so this is since " (since) "." }
                    " " (gist::sentence(&handover.turns))
                }
            }
            p .lede__act {
                button .btn.btn--noprint.btn--only-wide type="button" data-print { (icon("print")) "Print" }
            }
        }
    }
}

/// What the next shift has to know first.
fn headline(handover: &Handover) -> Markup {
    let waits = &handover.waits;
    html! {
        @match (waits.unseen.len(), waits.in_hand.len()) {
            (0, 0) => { strong { "Nothing waits for you." } },
            (0, held) => { strong { "Nothing waits unseen." } " " (format::counted(held, "site is", "sites are")) " in hand." },
            (unseen, 0) => { strong { (format::counted(unseen, "site waits", "sites wait")) " and nobody has " (if unseen == 1 { "it" } else { "them" }) " in hand." } },
            (unseen, held) => { strong { (format::counted(unseen, "site waits", "sites wait")) " unseen." } " " (held) " in hand." },
        }
    }
}

fn regions(handover: &Handover, fleet: &FleetSnapshot) -> Markup {
    let chosen = handover.region.as_ref().map(|(code, _)| code);
    html! {
        nav .seg.btn--noprint aria-label="Of which region" {
            a href=(urls::HANDOVER) aria-current=[chosen.is_none().then_some("true")] { "All" }
            @for region in fleet.regions() {
                a href=(urls::handover(&region.code)) aria-current=[(chosen == Some(&region.code)).then_some("true")] { (region.name) }
            }
        }
    }
}
