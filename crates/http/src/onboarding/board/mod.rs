//! The board: every case by its stage.

mod card;
mod filters;

use axum::extract::{RawQuery, State};
use greengrid_app::actor::{Actor, Permission};
use greengrid_app::onboarding::{Board, BoardQuery, Lane};
use greengrid_domain::onboarding::Stage;
use maud::{Markup, html};

use super::dto;
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::components::{PageClock, format, icon};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;
use crate::urls;

pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    RawQuery(query): RawQuery,
) -> Result<Markup, Fault> {
    let (query, ignored) = dto::read_board(query.as_deref().unwrap_or_default());
    let board = state.onboarding.board(&viewer.actor, &query).await?;
    let fleet = state.directory.snapshot();
    let main = layout::main(html! {
        (lede(&board))
        (filters::bar(&board, &query, &viewer))
        @for words in &ignored { p .section__note { (words) } }
        (columns(&board, &query))
    });
    Ok(layout::page()
        .viewer(&viewer)
        .title("Onboarding")
        .nav(Nav::Onboarding)
        .clock(PageClock::of_fleet(&*state.clock, &fleet))
        .live(View::Onboarding(query).url())
        .main(main)
        .render())
}

/// The parts that change, each with its own id.
pub(super) fn parts(board: &Board, query: &BoardQuery, _: &Actor) -> Markup {
    html! { (lede(board)) (filters::scopes(board, query)) (columns(board, query)) }
}

fn lede(board: &Board) -> Markup {
    let oldest = board.oldest_stuck.map(|since| {
        let days = board.now.duration_since(since).as_hours() / 24;
        usize::try_from(days).unwrap_or(0)
    });
    html! {
        div #board-lede .lede {
            p .lede__date { "Onboarding · " a href=(urls::MEASURES) { "how it goes over time" } }
            div {
                h1 {
                    strong { (format::counted(board.open, "case", "cases")) " open." }
                    @match (board.stuck, oldest) {
                        (0, _) => " All of them go on.",
                        (stuck, Some(days)) if days > 0 => {
                            " " (stuck) (if stuck == 1 { " is stuck, for " } else { " are stuck, the oldest for " })
                            strong { (format::counted(days, "day", "days")) "." }
                        },
                        (stuck, _) => { " " (stuck) (if stuck == 1 { " is stuck." } else { " are stuck." }) },
                    }
                }
                p .lede__sub {
                    @if board.late > 0 {
                        (format::counted(board.late, "case is", "cases are"))
                        " past the day by which " (if board.late == 1 { "it" } else { "they" })
                        " should have moved on. Weekends and public holidays do not count."
                    } @else {
                        "None is past its day. Weekends and public holidays do not count."
                    }
                }
            }
        }
    }
}

fn columns(board: &Board, query: &BoardQuery) -> Markup {
    let shown = board.lanes.iter().map(|lane| lane.cards.len()).sum::<usize>();
    html! {
        div #board .board tabindex="0" role="region" aria-label="Cases by stage" {
            @if shown == 0 {
                div .state {
                    p { strong { @if *query == BoardQuery::default() { "No cases yet." } @else { "No case fits." } } }
                    p {
                        @if *query == BoardQuery::default() { "A new customer’s case appears here." }
                        @else { a href=(urls::ONBOARDING) { "Show all cases" } }
                    }
                }
            } @else {
                @for lane in &board.lanes { (column(lane, board)) }
            }
        }
    }
}

fn column(lane: &Lane, board: &Board) -> Markup {
    let (name, id) = match lane.stage {
        None => ("Stuck", "stuck".to_owned()),
        Some(stage) => (stage.name(), stage.to_string()),
    };
    let limit = lane.stage.and_then(Stage::limit);
    html! {
        section id={ "lane-" (id) } .lane .lane--stuck[lane.stage.is_none()] aria-labelledby={ "l-" (id) } {
            div .lane__head {
                h2 id={ "l-" (id) } { (name) }
                b { (lane.cards.len()) span .sr { " cases" } }
                @if let Some(days) = limit {
                    span { "limit: " (format::counted(days as usize, "day", "days")) }
                }
            }
            @if lane.cards.is_empty() {
                p .lane__none { "none" }
            } @else {
                ul data-list { @for card in &lane.cards { (card::card(card, board)) } }
            }
            @if lane.stage == Some(Stage::Live) && board.folded > 0 {
                p .lane__none {
                    a href=(urls::MEASURES) { (format::counted(board.folded, "case", "cases")) " went live" }
                    " more than a week ago"
                }
            }
        }
    }
}

/// The way to begin a case, for those who may.
pub(super) fn new_button(viewer: &Viewer) -> Markup {
    html! {
        @if viewer.actor.may(Permission::ManageOnboarding) {
            a .btn .btn--primary href=(urls::NEW_CASE) { (icon("plus")) " New case" }
        }
    }
}
