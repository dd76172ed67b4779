use greengrid_app::onboarding::{Board, Card};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Party;
use greengrid_domain::onboarding::Stage;
use maud::{Markup, html};

use crate::components::{format, icon};
use crate::urls;

/// Steps that a case takes.
const STEPS: usize = 6;

/// One case on the board.
pub(super) fn card(card: &Card, board: &Board) -> Markup {
    let late = card.late_days > 0;
    html! {
        li id={ "case-" (card.id) } .card .card--late[late] {
            h3 { a href=(urls::case(card.id.into())) data-row { (card.name) } }
            p .card__meta {
                span { (card.number) }
                span {
                    @if let Some(capacity) = card.capacity { (format::capacity(capacity)) " · " }
                    (card.brand.map_or("no brand yet", Brand::name))
                }
                @if card.stuck.is_some() { span { "in " (card.stage.name().to_lowercase()) } }
            }
            @if let Some(reason) = &card.stuck {
                p .card__block { span .sr { "Stuck: " } (reason) }
            } @else if card.stage != Stage::Live {
                p .card__block .card__block--wait[!card.failed] { (waits(card)) }
            }
            p .card__foot {
                (dots(card))
                span .card__age { (age(card, board)) }
                @match &card.owner {
                    Some(owner) => span .avatar .avatar--s title=(owner.name) {
                        span aria-hidden="true" { (initials(&owner.name)) }
                        span .sr { "Owner: " (owner.name) }
                    },
                    None => span { "nobody’s" },
                }
            }
            @if let (Some(due), true) = (card.due_on, card.stage != Stage::Live) {
                p .card__due .card__due--late[late] {
                    @if late {
                        (icon("act")) " "
                        strong { "Overdue by " (format::counted(usize::try_from(card.late_days).unwrap_or(0), "day", "days")) }
                    } @else if due == board.today { (icon("clock")) " Due today" }
                    @else { (icon("calendar")) " Due " (due.strftime("%a %-d %b").to_string()) }
                }
            }
        }
    }
}

/// `The customer: to check the internet at the site`.
fn waits(card: &Card) -> Markup {
    html! {
        @match card.waits.party {
            Party::Nobody => { "Waits for " (card.waits.what) },
            party => { "Waits for " b { (party.name()) } ": " (card.waits.what) },
        }
    }
}

/// For how long it has been in its stage.
fn age(card: &Card, board: &Board) -> String {
    let days = board.now.duration_since(card.since).as_hours() / 24;
    match (card.stage, days) {
        (Stage::Live, _) => {
            format!("live since {}", format::since(card.since, board.now, &board.zone))
        }
        (_, 0) => "here since today".to_owned(),
        (_, days) => {
            format!("here {}", format::counted(usize::try_from(days).unwrap_or(0), "day", "days"))
        }
    }
}

/// How many steps are done, as a row of marks.
fn dots(card: &Card) -> Markup {
    let done = if card.stage == Stage::Live { STEPS } else { card.stage.done() };
    let stuck = card.stuck.is_some();
    let label =
        format!("{done} of {STEPS} steps done{}", if stuck { ", this one is stuck" } else { "" });
    html! {
        svg .dots width="80" height="10" viewBox="0 0 80 10" role="img" aria-label=(label) {
            @for step in 0..STEPS {
                @let x = 14 * step;
                @if step < done { rect .d-done x=(x) width="10" height="10" rx="2" {} }
                @else if step == done && stuck {
                    path .d-bad d={ "M" (x + 5) "-.5l5.5 5.5-5.5 5.5-5.5-5.5z" } {}
                }
                @else if step == done { rect .d-now x={ (x) ".75" } y=".75" width="8.5" height="8.5" rx="2" {} }
                @else { rect .d-todo x=(x + 3) y="3" width="4" height="4" rx="1" {} }
            }
        }
    }
}

/// Up to two initials.
pub(super) fn initials(name: &str) -> String {
    name.parse::<greengrid_domain::identity::UserName>()
        .map_or_else(|_| String::new(), |name| name.initials())
}
