use greengrid_app::monitoring::handover::{Deed, Turn, Turns};
use greengrid_domain::monitoring::AnomalyEvent;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::{Markup, html};

use super::gist;
use crate::components::format;
use crate::urls;

/// Lines of each list; the overview and the pages of sites have the rest.
const SHOWN: usize = 40;

/// What began and what is over.
pub(in crate::monitoring) fn changed(turns: &Turns, now: Timestamp, zone: &SiteZone) -> Markup {
    html! {
        section .section aria-labelledby="h-changed" {
            div .section__head { h2 #h-changed { "What changed" } span .dim { "largest loss first" } }
            @if turns.began.is_empty() && turns.over.is_empty() {
                div .state { p { "Nothing began that lasts, and nothing is over that had begun before." } }
            }
            @if !turns.began.is_empty() {
                h3 { "Began and lasts" }
                (problems(&turns.began, "Began and lasts", now, zone))
            }
            @if !turns.over.is_empty() {
                h3 { "Over" }
                (problems(&turns.over, "Over", now, zone))
            }
            @if turns.brief > 0 {
                p .section__note { (format::counted(turns.brief, "problem", "problems")) " more began and " (if turns.brief == 1 { "was" } else { "were" }) " over within the time." }
            }
            @if turns.cut { p .dim { "More happened than this page tells; the pages of the sites have it all." } }
        }
    }
}

/// Why it was taken back; the other words of the detector are those of the cause.
fn reason(turn: &Turn) -> Option<&str> {
    turn.words.as_deref().filter(|_| turn.event == AnomalyEvent::Withdrawn)
}

fn problems(turns: &[Turn], label: &str, now: Timestamp, zone: &SiteZone) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label={ (label) ", table" } {
            table .table.table--rows {
                thead { tr {
                    th scope="col" { "Site" } th scope="col" { "What" } th scope="col" { "When" }
                    th scope="col" .n { "Loss a day" }
                } }
                tbody {
                    @for turn in turns.iter().take(SHOWN) {
                        tr {
                            th scope="row" { a href=(urls::anomaly(&turn.site.0, turn.anomaly)) { (turn.site.1) } }
                            td { (turn.cause) small { (turn.kind.name()) ". " (turn.event.words()) @if let Some(words) = reason(turn) { ": " (words) } } }
                            td data-label="When" { (format::since(turn.at, now, zone)) }
                            td .n { (format::money(turn.money_per_day)) }
                        }
                    }
                }
            }
        }
        (more(turns.len()))
    }
}

/// What people did, and who.
pub(in crate::monitoring) fn done(turns: &Turns, now: Timestamp, zone: &SiteZone) -> Markup {
    html! {
        section .section.section--apart aria-labelledby="h-done" {
            div .section__head { h2 #h-done { "What was done" } span .dim { "newest first" } }
            @if turns.done.is_empty() {
                div .state { p { "Nobody wrote anything down." } }
            } @else {
                div .scroll tabindex="0" role="region" aria-label="What was done, table" {
                    table .table.table--rows {
                        thead { tr {
                            th scope="col" { "When" } th scope="col" { "What" } th scope="col" { "Where" }
                            th scope="col" { "Who" }
                        } }
                        tbody { @for deed in turns.done.iter().take(SHOWN) { (deed_row(deed, now, zone)) } }
                    }
                }
                (more(turns.done.len()))
            }
        }
    }
}

fn deed_row(deed: &Deed, now: Timestamp, zone: &SiteZone) -> Markup {
    html! {
        tr {
            th scope="row" { (format::since(deed.at(), now, zone)) }
            td { (gist::words(deed)) }
            td {
                @match deed {
                    Deed::Anomaly(turn) => { a href=(urls::anomaly(&turn.site.0, turn.anomaly)) { (turn.site.1) } small { (turn.cause) } }
                    Deed::Alerts(_) => { a href=(urls::ALERTS) { "Alerts" } }
                }
            }
            td data-label="By" { (gist::who(deed)) }
        }
    }
}

fn more(count: usize) -> Markup {
    html! {
        @if count > SHOWN { p .dim { "And " (count - SHOWN) " more." } }
    }
}
