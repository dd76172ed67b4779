use greengrid_app::monitoring::{OverviewQuery, OverviewView, StatusCounts};
use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::{AnomalyKind, Status};
use maud::{Markup, html};
use strum::IntoEnumIterator;

use super::OverviewPage;
use crate::components::select::{option, select};
use crate::components::{format, icon};
use crate::query::Address;
use crate::urls;

/// Which list: sites that need action, on watch, on track, mine.
pub(super) fn lists(page: &OverviewPage<'_>) -> Markup {
    let counts = page.overview.summary.counts;
    html! {
        nav .seg aria-label="Which sites" {
            (list(page, OverviewView::Action, "Need action", Some(counts.need_action())))
            (list(page, OverviewView::Watch, "Watch", Some(counts.watch)))
            @if page.past.is_none() { (on_track(counts)) }
            @if page.past.is_none() { (list(page, OverviewView::Mine, "Mine", None)) }
        }
    }
}

fn list(page: &OverviewPage<'_>, view: OverviewView, name: &str, sites: Option<usize>) -> Markup {
    let query = page.query;
    let there = page.address(&OverviewQuery { view, limit: 0, ..query.clone() });
    html! {
        a href=(there) aria-current=[(query.view == view).then_some("true")] {
            (name) @if let Some(sites) = sites { " " b data-live { (format::count(i64::try_from(sites).unwrap_or(0))) } }
        }
    }
}

fn on_track(counts: StatusCounts) -> Markup {
    let there = Address::new(urls::SITES).with("status", Some(Status::OnTrack)).finish();
    html! {
        a href=(there) { "On track " b data-live { (format::count(i64::try_from(counts.on_track).unwrap_or(0))) } }
    }
}

/// Filters and search. Streams leave the form alone, so that nothing that is
/// being typed or chosen is lost.
pub(super) fn filters(page: &OverviewPage<'_>) -> Markup {
    let query = page.query;
    html! {
        details #filter-box .filterbox open[filtered(query)] data-preserve-attr="open" {
        summary { (icon("filter")) " Filter" }
        form #overview-filters .filters method="get" action=(urls::OVERVIEW) data-auto data-ignore-morph aria-label="Filter the list" {
            @if query.view != OverviewView::default() {
                input type="hidden" name="list" value=(query.view);
            }
            @if let Some(at) = page.past {
                input type="hidden" name="at" value=(at.strftime("%Y-%m-%dT%H:%M").to_string());
            }
            (select("Region", "region", html! {
                (option("", "All", query.region.is_none()))
                @for region in &page.overview.regions {
                    (option(region.code.as_str(), &region.name, query.region.as_ref() == Some(&region.code)))
                }
            }))
            (select("Brand", "brand", html! {
                (option("", "All", query.brand.is_none()))
                @for brand in Brand::iter() { (option(brand.into(), brand.name(), query.brand == Some(brand))) }
            }))
            (select("Kind", "kind", html! {
                (option("", "All", query.kind.is_none()))
                @for kind in AnomalyKind::iter() { (option(kind.into(), kind.name(), query.kind == Some(kind))) }
            }))
            (select("Owner", "owner", html! {
                (option("", "Anyone", query.owner.is_none()))
                @for (id, name) in owners(page) { (option(&id, &name, query.owner.is_some_and(|o| o.to_string() == id))) }
            }))
            label .sr for="f-text" { "Search in this list" }
            input #f-text .input.filters__text name="q" type="search" placeholder="Name, customer" value=[query.text.as_ref()] autocomplete="off";
            button .btn.btn--small type="submit" { "Filter" }
            @if filtered(query) {
                a .btn.btn--small.btn--quiet href=(page.address(&OverviewQuery { view: query.view, ..OverviewQuery::default() })) { "Clear" }
            }
        }
        }
    }
}

/// Whether the list leaves sites out.
pub(super) fn filtered(query: &OverviewQuery) -> bool {
    query.region.is_some()
        || query.brand.is_some()
        || query.kind.is_some()
        || query.owner.is_some()
        || query.text.is_some()
}

/// Those who look after sites, by name, and whoever was asked for.
fn owners(page: &OverviewPage<'_>) -> Vec<(String, String)> {
    let known = page.overview.owners.iter();
    let mut owners: Vec<(String, String)> =
        known.map(|(id, name)| (id.to_string(), name.clone())).collect();
    if let Some(asked) = page.query.owner.map(|id| id.to_string())
        && !owners.iter().any(|(id, _)| *id == asked)
    {
        owners.push((asked, "The person chosen".to_owned()));
    }
    owners
}
