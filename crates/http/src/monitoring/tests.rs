use greengrid_app::monitoring::SiteOverview;
use greengrid_domain::identity::Role;

use super::own_sites::main;
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

fn own(i: usize) -> SiteOverview {
    SiteOverview {
        row: testing::row(i),
        incident: None,
        today: testing::curve(i, 1),
        days: testing::days(i),
    }
}

fn shown(sites: &[usize]) -> String {
    let sites: Vec<_> = sites.iter().map(|i| own(*i)).collect();
    main(&sites, testing::now()).into_string().replace('\u{a0}', " ")
}

#[test]
fn the_pages_as_files() {
    for (name, theme, sites) in
        [("my", Theme::Light, vec![6]), ("my-dark", Theme::Dark, vec![1, 3, 6])]
    {
        let sites: Vec<_> = sites.into_iter().map(own).collect();
        let document = page()
            .viewer(&testing::viewer(Role::Customer, theme))
            .title("My sites")
            .nav(Nav::My)
            .clock(testing::clock())
            .main(main(&sites, testing::now()))
            .render();
        testing::save(name, &document);
    }
}

#[test]
fn all_is_well_in_plain_words() {
    let html = shown(&[6]);

    assert!(html.contains("Brook Mill is making</h1>"));
    assert!(html.contains("That is what the sun on your roof allows right now."));
    assert!(html.contains("All good"));
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(!html.contains("style="));
}

#[test]
fn trouble_is_told_with_what_is_being_done() {
    let taken = shown(&[1]);
    let fresh = shown(&[0]);

    assert!(taken.contains("We are on it"));
    assert!(taken.contains("about 310 kWh a day. A person has it and arranges a visit."));
    assert!(fresh.contains("Something is not right"));
    assert!(!fresh.contains("Inverter 2"));
}

#[test]
fn silence_is_not_called_failure() {
    let html = shown(&[3]);

    assert!(html.contains("Your system may be working all the same"));
    assert!(html.contains("No readings"));
}

#[test]
fn several_sites_have_one_heading_and_a_line_each() {
    let html = shown(&[6, 3]);

    assert_eq!(html.matches("<h1").count(), 1);
    assert!(html.contains("href=\"#site-gg-0004\""));
    assert!(html.contains("none since Wed 16:05"));
}

#[test]
fn somebody_without_a_site_is_told_so() {
    assert!(shown(&[]).contains("No site is linked to your account yet"));
}

#[test]
fn what_many_share_is_said_in_one_honest_sentence() {
    let sentence = "We cannot see your system because its connection is down for everybody.";
    let site = SiteOverview { incident: Some(sentence.to_owned()), ..own(3) };

    let html = main(&[site], testing::now()).0;

    assert!(html.contains(sentence));
}
