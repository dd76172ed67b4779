use greengrid_app::monitoring::{Overview, OverviewQuery, OverviewView};
use greengrid_domain::monitoring::Status;
use maud::{Markup, html};

use crate::components::{format, icon, pill};
use crate::monitoring::dto;
use crate::query::Address;
use crate::urls;

/// What is small or unconfirmed, folded away, and what is on track as one
/// number. Streams leave open what the reader opened.
pub(super) fn watch(overview: &Overview) -> Markup {
    let summary = &overview.summary;
    let on_track = Address::new(urls::SITES).with("status", Some(Status::OnTrack)).finish();
    html! {
        @if summary.counts.watch > 0 {
            details #watch .ledger__more data-preserve-attr="open" {
                summary {
                    (pill::shape(Status::Watch))
                    b { (format::counted(summary.counts.watch, "site", "sites")) " on watch" }
                    span .dim {
                        "small or unconfirmed losses, " (format::amounts(&summary.watch_per_day)) " a day in all"
                    }
                    (icon("down"))
                }
                (list(overview))
            }
        }
        @if summary.counts.on_track > 0 {
            p .ledger__more.ledger__rest {
                (pill::shape(Status::OnTrack))
                a href=(on_track) { b { (format::counted(summary.counts.on_track, "site", "sites")) " on track" } }
                span .dim { "inside their expected range" }
            }
        }
    }
}

fn list(overview: &Overview) -> Markup {
    let all =
        dto::address(&OverviewQuery { view: OverviewView::Watch, ..OverviewQuery::default() });
    html! {
        table .table data-list {
            thead { tr { th scope="col" { "Site" } th scope="col" { "What we see" } th scope="col" .n { "Loses" } } }
            tbody {
                @for row in &overview.watch {
                    tr {
                        th scope="row" { a href=(urls::site(&row.site.code)) data-row { (row.site.details.name.as_str()) } }
                        td { @if let Some(finding) = &row.assessment.finding { (finding.cause) } }
                        td .n {
                            @if let Some(finding) = &row.assessment.finding {
                                (format::money(finding.money_per_day)) span .u { "\u{a0}a day" }
                            }
                        }
                    }
                }
            }
        }
        @if overview.summary.counts.watch > overview.watch.len() {
            p .section__note { a href=(all) { "All " (overview.summary.counts.watch) " on watch" } }
        }
    }
}
