use std::collections::BTreeSet;

use greengrid_domain::customer::NoticeKind;

use super::views;

#[test]
fn every_kind_has_a_box_that_says_whether_it_comes() {
    let unwanted = BTreeSet::from([NoticeKind::UnusualDay]);

    let html = views::choice(&unwanted, "jane@example.org", false).into_string();

    assert!(html.contains("value=\"fault\" checked"));
    assert!(html.contains("value=\"monthly_summary\" checked"));
    assert!(html.contains("value=\"unusual_day\" aria-describedby"));
    assert!(html.contains("jane@example.org"));
}

#[test]
fn the_way_out_asks_before_it_changes_anything() {
    let html = views::way_out(NoticeKind::Fault, "/unsubscribe/a.fault.b").into_string();

    assert!(html.contains("<form method=\"post\" action=\"/unsubscribe/a.fault.b\">"));
    assert!(views::stopped(NoticeKind::Fault).into_string().contains("You get no more of these"));
}
