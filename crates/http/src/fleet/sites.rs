//! The list of sites.

use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::monitoring::{ListedSite, SiteSort, SitesPage, SitesQuery, StatusCounts};
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::Status;
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::dto::sites_address;
use crate::components::select::{option, select};
use crate::components::{charts, format, icon, layout, pill};
use crate::urls;

/// What the list shows and how it was asked for.
pub(super) struct SitesView<'a> {
    pub(super) page: &'a SitesPage,
    pub(super) query: &'a SitesQuery,
    pub(super) fleet: &'a FleetSnapshot,
    pub(super) ignored: &'a [String],
}

/// The region that streams replace.
pub(super) fn main(view: &SitesView<'_>) -> Markup {
    let page = view.page;
    layout::main(html! {
        div #lede .lede {
            p .lede__date {
                "Sites · " (format::watts_peak(page.capacity_wp).to_string()) " in "
                (format::counted(view.fleet.regions().len(), "region", "regions"))
            }
            div { h1 { (headline(page.counts)) } }
        }
        section #s-all .section aria-labelledby="h-all" {
            h2 .sr #h-all { "All sites" }
            (filters(view))
            @if !view.ignored.is_empty() {
                p .section__note role="status" { @for message in view.ignored { (message) " " } }
            }
            @if page.sites.is_empty() { (nothing(view)) } @else { (table(view)) (pager(view)) }
        }
    })
}

fn headline(counts: StatusCounts) -> Markup {
    html! {
        strong {
            (format::counted(counts.total(), "site", "sites")) ", "
            span data-live { (counts.on_track) } " on track."
        }
        @if counts.need_action() > 0 || counts.watch > 0 {
            " " span data-live { (counts.need_action()) } " need action, "
            span data-live { (counts.watch) } " being watched."
        }
    }
}

fn filters(view: &SitesView<'_>) -> Markup {
    let query = view.query;
    html! {
        form #site-filters .filters method="get" action=(urls::SITES) data-auto data-ignore-morph aria-label="Filter sites" {
            label .sr for="f-text" { "Search by name, customer or code" }
            input #f-text .input.filters__text name="q" type="search" placeholder="Name, customer, code" value=[query.text.as_ref()] autocomplete="off";
            (select("Status", "status", html! {
                (option("", "Any", query.status.is_none()))
                @for status in Status::iter() { (option(status.into(), status.name(), query.status == Some(status))) }
            }))
            (select("Region", "region", html! {
                (option("", "All", query.region.is_none()))
                @for region in view.fleet.regions() {
                    (option(region.code.as_str(), &region.name, query.region.as_ref() == Some(&region.code)))
                }
            }))
            (select("Brand", "brand", html! {
                (option("", "All", query.brand.is_none()))
                @for brand in Brand::iter() { (option(brand.into(), brand.name(), query.brand == Some(brand))) }
            }))
            @if query.sort != SiteSort::default() { input type="hidden" name="sort" value=(query.sort); }
            @if query.descending { input type="hidden" name="descending" value="true"; }
            button .btn.btn--small type="submit" { "Filter" }
            @if narrowed(query) { a .btn.btn--small.btn--quiet href=(urls::SITES) { "Clear" } }
            span .filters__count role="status" { (range(view.page)) }
        }
    }
}

const fn narrowed(query: &SitesQuery) -> bool {
    query.status.is_some()
        || query.region.is_some()
        || query.brand.is_some()
        || query.text.is_some()
}

fn range(page: &SitesPage) -> Markup {
    let first = page.page_size * (page.page.max(1) as usize - 1) + 1;
    html! {
        @if page.sites.is_empty() { "none of " (page.counts.total()) }
        @else { b { (first) " to " (first + page.sites.len() - 1) } " of " (page.matching) }
    }
}

/// The columns: title, what sorts by it, whether its first order is falling,
/// whether it holds numbers.
const COLUMNS: &[(&str, Option<SiteSort>, bool, bool)] = &[
    ("Site", Some(SiteSort::Name), false, false),
    ("Status", Some(SiteSort::Status), false, false),
    ("Region", Some(SiteSort::Region), false, false),
    ("Size", Some(SiteSort::Capacity), true, true),
    ("Brand", None, false, false),
    ("Power now", Some(SiteSort::Power), true, true),
    ("Against expected", Some(SiteSort::Index), false, false),
    ("30 days, 60 to 110 %", None, false, false),
    ("Loses", Some(SiteSort::Loss), true, true),
    ("Last reading", Some(SiteSort::LastReading), false, true),
];

fn table(view: &SitesView<'_>) -> Markup {
    html! {
        div .scroll tabindex="0" role="region" aria-label="All sites, table" {
            table .table.table--sites data-list {
                thead { tr { @for column in COLUMNS { (heading(view.query, *column)) } } }
                tbody { @for site in &view.page.sites { (row(view, site)) } }
            }
        }
    }
}

fn heading(query: &SitesQuery, column: (&str, Option<SiteSort>, bool, bool)) -> Markup {
    let (title, sort, falls, numbers) = column;
    let class = numbers.then_some("n");
    let Some(sort) = sort else { return html! { th scope="col" class=[class] { (title) } } };
    let current = query.sort == sort;
    let falling = falls != query.descending;
    let there =
        SitesQuery { sort, descending: current && !query.descending, page: 0, ..query.clone() };
    let direction = if falling { "descending" } else { "ascending" };
    html! {
        th scope="col" class=[class] aria-sort=[current.then_some(direction)] {
            a .sort href=(sites_address(&there)) {
                (title) @if current { " " (icon(if falling { "down" } else { "up" })) }
            }
        }
    }
}

fn row(view: &SitesView<'_>, listed: &ListedSite) -> Markup {
    let (site, assessment) = (&listed.site, &listed.assessment);
    let details = &site.details;
    let against = assessment.power_now.zip(assessment.expected_now);
    let share = against.and_then(|(now, expected)| format::share(now.watts(), expected.watts()));
    html! {
        tr id={ "site-" (site.id) } {
            th scope="row" { a href=(urls::site(&site.code)) data-row { (details.name.as_str()) } }
            td { (pill::status_pill(assessment.status)) }
            td { (view.fleet.region_name(&details.region)) }
            td .n {
                @match details.capacity() {
                    Some(capacity) => (format::capacity(capacity)),
                    None => span .dim { "not known" },
                }
            }
            td { (details.brand.name()) }
            td .n data-live {
                @match assessment.power_now {
                    Some(power) => (format::power(power)),
                    None => span .dim { "no reading" },
                }
            }
            td {
                @match share {
                    Some(share) => (charts::against_expected(share)),
                    None if assessment.power_now.is_none() => span .dim { "unknown" },
                    None => span .dim { "no sun" },
                }
            }
            td { (charts::index_line(&assessment.daily_index)) }
            td .n {
                @match &assessment.finding {
                    Some(finding) => { b { (format::money(finding.money_per_day)) } span .u { "\u{a0}a day" } },
                    None => span .dim { "nothing" },
                }
            }
            td .n data-live {
                @match assessment.last_reading_at {
                    Some(at) => (format::moment(at, view.page.as_of, &details.zone)),
                    None => span .dim { "none yet" },
                }
            }
        }
    }
}

fn pager(view: &SitesView<'_>) -> Markup {
    let page = view.page.page.max(1);
    let pages = view.page.matching.div_ceil(view.page.page_size.max(1));
    let to = |page: u32| sites_address(&SitesQuery { page, ..view.query.clone() });
    html! {
        @if pages > 1 {
            nav .pager aria-label="Pages" {
                @if (page as usize) < pages {
                    a .btn.btn--small href=(to(page + 1)) rel="next" { "Next " (view.page.page_size) " " (icon("right")) }
                }
                span .dim { "page " (page) " of " (pages) }
                @if page > 1 { a .btn.btn--small href=(to(page - 1)) rel="prev" { "Previous" } }
            }
        }
    }
}

fn nothing(view: &SitesView<'_>) -> Markup {
    html! {
        div .state {
            @if narrowed(view.query) {
                h3 { "No site fits" }
                p { "Try fewer letters, or clear the filters." }
                a .btn href=(urls::SITES) { "All sites" }
            } @else if view.page.counts.total() > 0 {
                h3 { "This page is past the end" }
                a .btn href=(urls::SITES) { "First page" }
            } @else {
                h3 { "No sites yet" }
                p { "Sites appear here as soon as they are imported." }
            }
        }
    }
}
