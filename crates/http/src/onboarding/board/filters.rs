use greengrid_app::onboarding::{Board, BoardQuery, Scope};
use greengrid_domain::fleet::Brand;
use maud::{Markup, html};

use crate::auth::Viewer;
use crate::components::select::{option, select};
use crate::onboarding::dto::board_address;
use crate::urls;

/// What the board shows, and the way to a new case.
pub(super) fn bar(board: &Board, query: &BoardQuery, viewer: &Viewer) -> Markup {
    html! {
        div .boardbar {
            h2 .sr { "Board" }
            (scopes(board, query))
            form .filters .boardbar__form method="get" action=(urls::ONBOARDING) data-auto aria-label="Filter the cases" {
                @if query.scope != Scope::All { input type="hidden" name="scope" value=(query.scope); }
                (select("Owner", "owner", html! {
                    (option("", "anybody", query.owner.is_none()))
                    @for person in &board.colleagues {
                        (option(&person.id.to_string(), &mine(person, viewer), query.owner == Some(person.id)))
                    }
                }))
                (select("Brand", "brand", html! {
                    (option("", "any", query.brand.is_none()))
                    @for brand in [Brand::SolarEdge, Brand::Fronius, Brand::Enphase] {
                        (option(brand.into(), brand.name(), query.brand == Some(brand)))
                    }
                }))
                noscript { button .btn type="submit" { "Show" } }
            }
            (super::new_button(viewer))
        }
    }
}

fn mine(person: &greengrid_app::onboarding::Colleague, viewer: &Viewer) -> String {
    if person.id == viewer.user.id { format!("{} (me)", person.name) } else { person.name.clone() }
}

/// The counts as links.
pub(super) fn scopes(board: &Board, query: &BoardQuery) -> Markup {
    let places = [
        (Scope::All, "All", board.open),
        (Scope::Stuck, "Stuck", board.stuck),
        (Scope::Late, "Overdue", board.late),
    ];
    html! {
        nav #board-scopes .seg aria-label="Which cases" {
            @for (scope, words, count) in places {
                a href=(board_address(&BoardQuery { scope, ..query.clone() }))
                    aria-current=[(scope == query.scope).then_some("true")] {
                    (words) " " b { (count) }
                }
            }
        }
    }
}
