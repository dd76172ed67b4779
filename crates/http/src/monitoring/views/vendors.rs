use maud::{Markup, html};

use super::OverviewPage;
use crate::components::format;
use crate::ingestion::connections::Trouble;
use crate::urls;

/// Troubles shown before the others are only counted.
const SHOWN: usize = 3;

/// Vendors whose readings do not come as they should, one line for each cause,
/// however many sites it strikes.
pub(super) fn vendors(page: &OverviewPage<'_>) -> Markup {
    let more = page.vendors.len().saturating_sub(SHOWN);
    html! {
        @if !page.vendors.is_empty() {
            section #s-vendors .section aria-labelledby="h-vendors" {
                div .section__head {
                    h2 #h-vendors { "Vendors" }
                    a href=(urls::CONNECTIONS) {
                        @if more > 0 { "Connections, with " (more) " more" } @else { "Connections" }
                    }
                }
                dl .facts { @for trouble in page.vendors.iter().take(SHOWN) { (one(page, trouble)) } }
            }
        }
    }
}

fn one(page: &OverviewPage<'_>, trouble: &Trouble) -> Markup {
    let (cause, overview) = (trouble.cause, page.overview);
    html! {
        div {
            dt {
                (trouble.brand.name()) " · "
                small { (format::counted(trouble.sites.len(), "site", "sites")) }
            }
            dd {
                (format::sentence(cause.words())) " "
                small {
                    @if let Some(since) = trouble.since {
                        "Last good " (format::moment(since, overview.as_of, &overview.zone)) ". "
                    }
                    (format::sentence(&format!("{}: {}", cause.party().name(), cause.remedy())))
                }
            }
        }
    }
}
