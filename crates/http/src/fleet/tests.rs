use greengrid_app::fleet::FleetSnapshot;
use greengrid_app::monitoring::{SiteSort, SitesPage, SitesQuery};
use greengrid_domain::fleet::Region;
use greengrid_domain::identity::Role;
use maud::Markup;

use super::sites::{SitesView, main};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

fn fleet() -> FleetSnapshot {
    let region =
        |code: &str, name: &str| Region { code: code.parse().unwrap(), name: name.to_owned() };
    let regions =
        vec![region("central", "Central"), region("north", "North"), region("south", "South")];
    FleetSnapshot::new(Vec::new(), regions, Vec::new())
}

fn shown(page: &SitesPage, query: &SitesQuery) -> Markup {
    main(&SitesView { page, query, fleet: &fleet(), ignored: &[] })
}

fn save(name: &str, theme: Theme, nav: Nav, main: Markup) {
    let viewer = testing::viewer(Role::Admin, theme);
    let document =
        page().viewer(&viewer).title("Sites").nav(nav).clock(testing::clock()).main(main).render();
    testing::save(name, &document);
}

#[test]
fn the_pages_as_files() {
    let query = SitesQuery::default();
    save("sites", Theme::Light, Nav::Sites, shown(&testing::sites_page(), &query));
    save("sites-dark", Theme::Dark, Nav::Sites, shown(&testing::sites_page(), &query));
}

#[test]
fn the_heading_counts_the_whole_fleet() {
    let html = shown(&testing::sites_page(), &SitesQuery::default()).0.replace('\u{a0}', " ");

    assert!(html.contains("200 sites, <span data-live>194</span> on track."));
    assert!(html.contains("<b>1 to 8</b> of 200"));
    assert!(!html.contains("style="));
}

#[test]
fn a_heading_sorts_and_sorting_again_turns_it_round() {
    let by_loss = shown(&testing::sites_page(), &SitesQuery::default()).0;
    let by_name = SitesQuery { sort: SiteSort::Name, ..SitesQuery::default() };
    let by_name = shown(&testing::sites_page(), &by_name).0;

    assert!(by_loss.contains("<th scope=\"col\" class=\"n\" aria-sort=\"descending\"><a class=\"sort\" href=\"/sites?descending=true\">Loses"));
    assert!(by_name.contains("aria-sort=\"ascending\"><a class=\"sort\" href=\"/sites?sort=name&amp;descending=true\">Site"));
    assert_eq!(by_name.matches("aria-sort").count(), 1);
}

#[test]
fn pages_lead_on_and_back() {
    let mut page = testing::sites_page();
    page.page = 2;

    let html = shown(&page, &SitesQuery { page: 2, ..SitesQuery::default() }).0;

    assert!(html.contains("href=\"/sites?page=3\" rel=\"next\""));
    assert!(html.contains("href=\"/sites\" rel=\"prev\""));
    assert!(html.contains("page 2 of 4"));
}

#[test]
fn a_search_without_a_hit_says_what_to_do() {
    let mut page = testing::sites_page();
    page.sites.clear();
    page.matching = 0;

    let html =
        shown(&page, &SitesQuery { text: Some("<x>".to_owned()), ..SitesQuery::default() }).0;

    assert!(html.contains("No site fits"));
    assert!(html.contains("value=\"&lt;x&gt;\""));
}
