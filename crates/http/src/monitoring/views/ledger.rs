use greengrid_app::monitoring::{OverviewQuery, OverviewView};
use maud::{Markup, html};
use rust_decimal::Decimal;

use super::{OverviewPage, causes, filters, incidents, row, watch};
use crate::components::{format, icon, toned_icon};
use crate::monitoring::dto;

/// The ranked list with its filters.
pub(super) fn ledger(page: &OverviewPage<'_>) -> Markup {
    let overview = page.overview;
    html! {
        div .section__head {
            h2 #h-att { (title(page.query.view)) }
            (filters::lists(page))
            (filters::filters(page))
            button .btn.btn--small.btn--noprint.btn--only-wide type="button" data-print { (icon("print")) " Print" }
        }
        @if !page.ignored.is_empty() {
            p .section__note role="status" { @for message in page.ignored { (message) " " } }
        }
        (reorder(page))
        @if overview.rows.is_empty() && overview.incidents.is_empty() {
            (nothing(page))
        } @else {
            (rows(page))
        }
        (more(page))
        @if page.query.view == OverviewView::Action { (watch::watch(overview)) }
    }
}

const fn title(view: OverviewView) -> &'static str {
    match view {
        OverviewView::Action => "Needs action",
        OverviewView::Watch => "On watch",
        OverviewView::Mine => "Mine",
    }
}

fn rows(page: &OverviewPage<'_>) -> Markup {
    let rows = &page.overview.rows;
    let single = rows.iter().filter_map(|row| row.assessment.finding.as_ref());
    let folded = page.overview.incidents.iter().flat_map(|line| &line.money_per_day);
    let grouped = page.overview.causes.iter().flat_map(|group| &group.money_per_day);
    let losses = single.map(|finding| finding.money_per_day).chain(folded.chain(grouped).copied());
    let most = losses.map(|money| money.amount).max().unwrap_or(Decimal::ZERO);
    html! {
        div .ledger {
            div .ledger__head aria-hidden="true" {
                span {} span { "Loses" } span { "Site and cause" } span { "Evidence, last 3 days" } span { "Do next" }
            }
        }
        (incidents::incidents(page, most))
        ol #attention .ledger data-list {
            @if page.overview.causes.is_empty() {
                @for shown in rows { (row::row().page(page).row(shown).most(most).render()) }
            } @else {
                (causes::causes(page, most))
            }
        }
    }
}

/// Says that the order has changed, instead of changing it under the reader.
fn reorder(page: &OverviewPage<'_>) -> Markup {
    let moved = page.overview.moved;
    html! {
        div #reorder-notice role="status" {
            @if moved > 0 {
                div #reorder .reorder {
                    (toned_icon("swap", None))
                    span {
                        "The order has changed: " b { (format::counted(moved, "site", "sites")) }
                        " would move. Rows stay put while you read."
                    }
                    a .btn.btn--small href=(page.address(page.query)) data-rerank {
                        "Apply new order " kbd { "r" }
                    }
                }
            }
        }
    }
}

/// How many more rows there are, and a way to see them.
fn more(page: &OverviewPage<'_>) -> Markup {
    let (shown, matching) = (page.overview.rows.len(), page.overview.matching);
    let shown_so_far = u16::try_from(shown).unwrap_or(u16::MAX);
    let further =
        OverviewQuery { limit: shown_so_far.saturating_add(dto::PAGE), ..page.query.clone() };
    html! {
        @if matching > shown && page.overview.causes.is_empty() {
            p .pager {
                a .btn.btn--small href=(page.address(&further)) { "Show " (dto::PAGE) " more" }
                span .dim { (shown) " of " (format::counted(matching, "site", "sites")) }
            }
        }
    }
}

/// What an empty list says.
fn nothing(page: &OverviewPage<'_>) -> Markup {
    let summary = &page.overview.summary;
    let (headline, text) = match page.query.view {
        _ if filters::filtered(page.query) => (
            "No site fits these filters",
            "Sites outside the filters may still need action. Clear the filters to see all."
                .to_owned(),
        ),
        OverviewView::Action if summary.counts.total() == 0 => {
            ("No sites yet", "Sites appear here as soon as they are imported.".to_owned())
        }
        OverviewView::Action => ("Nothing needs you right now", checked(page)),
        OverviewView::Watch => ("No site is on watch", checked(page)),
        OverviewView::Mine => (
            "You look after no site",
            "Take one from the list of sites that need action, and it appears here.".to_owned(),
        ),
    };
    html! {
        div .quiet {
            (toned_icon("ok", Some("s-ok quiet__i")))
            div { h3 { (headline) } p { (text) } }
        }
    }
}

fn checked(page: &OverviewPage<'_>) -> String {
    let overview = page.overview;
    format!(
        "Checked {} against what every site can do under the sky of its region.",
        format::time_of_day(overview.as_of, &overview.zone)
    )
}
