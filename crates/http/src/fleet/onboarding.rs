//! How new sites begin: whether their readings have.

use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::monitoring::{ListedSite, SitesPage};
use greengrid_domain::monitoring::Status;
use maud::{Markup, html};

use crate::components::{format, layout, pill};
use crate::urls;

/// The sites created last, with whether their readings have begun.
pub(super) fn main(page: &SitesPage, fleet: &FleetSnapshot) -> Markup {
    let (waiting, begun): (Vec<_>, Vec<_>) =
        page.sites.iter().partition(|site| site.assessment.last_reading_at.is_none());
    layout::main(html! {
        div .lede {
            p .lede__date { "Onboarding · the newest " (format::counted(page.sites.len(), "site", "sites")) }
            div {
                h1 {
                    @match (waiting.len(), begun.len()) {
                        (0, 0) => { strong { "No sites yet." } " They appear here as soon as they are imported." },
                        (0, _) => { strong { "Every new site has begun to send readings." } },
                        (1, _) => { strong { "1\u{a0}site waits for its first reading." } },
                        (n, _) => { strong { (format::counted(n, "site", "sites")) " wait for their first reading." } },
                    }
                }
                p .lede__sub { "A site is connected once its first reading is here. Readings come from its loggers, or from files." }
            }
        }
        @if !waiting.is_empty() { (list("waiting", "Waiting for first reading", &waiting, page, fleet)) }
        @if !begun.is_empty() { (list("begun", "Readings have begun", &begun, page, fleet)) }
    })
}

fn list(
    id: &str,
    title: &str,
    sites: &[&ListedSite],
    page: &SitesPage,
    fleet: &FleetSnapshot,
) -> Markup {
    html! {
        section .section.section--apart aria-labelledby={ "h-" (id) } {
            div .section__head { h2 id={ "h-" (id) } { (title) } span .dim { (sites.len()) } }
            div .scroll tabindex="0" role="region" aria-label={ (title) ", table" } {
                table .table data-list {
                    thead { tr {
                        th scope="col" { "Site" } th scope="col" { "State" } th scope="col" { "Customer" }
                        th scope="col" { "Region" } th scope="col" .n { "Size" } th scope="col" { "Brand" }
                        th scope="col" .n { "Running since" }
                    } }
                    tbody { @for site in sites { (row(site, page, fleet)) } }
                }
            }
        }
    }
}

fn row(listed: &ListedSite, page: &SitesPage, fleet: &FleetSnapshot) -> Markup {
    let details = &listed.site.details;
    html! {
        tr id={ "new-" (listed.site.id) } {
            th scope="row" {
                a href=(urls::site(&listed.site.code)) data-row { (details.name.as_str()) }
                small { (listed.site.code) }
            }
            td {
                @match listed.assessment.last_reading_at {
                    None => (pill::pill("none", "Waiting for first reading", false)),
                    Some(at) => {
                        @if listed.assessment.status == Status::NoData { (pill::pill("none", "Silent", false)) }
                        @else { (pill::pill("ok", "Connected", false)) }
                        small data-live { "last reading " (format::moment(at, page.as_of, &details.zone)) }
                    },
                }
            }
            td { @match &details.customer { Some(customer) => (customer), None => span .dim { "not known" } } }
            td { (fleet.region_name(&details.region)) }
            td .n { (format::capacity(details.array.capacity)) }
            td { (details.brand.name()) }
            td .n {
                @match details.commissioned_on {
                    Some(day) => (format::short_day(day)),
                    None => span .dim { "not known" },
                }
            }
        }
    }
}
