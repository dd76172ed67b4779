use greengrid_app::monitoring::reports::LookBack;
use greengrid_app::monitoring::{CauseGroup, Overview, OverviewQuery, OverviewView, StatusCounts};
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::{NextStep, Status};
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::Timestamp;
use maud::Markup;

use super::{OverviewPage, main};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

fn page_of<'a>(overview: &'a Overview, query: &'a OverviewQuery) -> OverviewPage<'a> {
    const LOOK_BACK: LookBack = LookBack { now: Timestamp::UNIX_EPOCH, since: None, report: None };
    OverviewPage { overview, query, ignored: &[], vendors: &[], look_back: &LOOK_BACK, past: None }
}

fn shown(overview: &Overview, query: &OverviewQuery) -> String {
    main(&page_of(overview, query)).into_string().replace('\u{a0}', " ")
}

fn document(theme: Theme, main: Markup) -> Markup {
    page()
        .viewer(&testing::viewer(Role::Ops, theme))
        .title("Overview")
        .nav(Nav::Overview)
        .clock(testing::clock())
        .main(main)
        .render()
}

fn calm() -> Overview {
    let mut overview = testing::overview();
    overview.summary.counts = StatusCounts { watch: 1, on_track: 199, ..StatusCounts::default() };
    overview.summary.lost_per_day.clear();
    overview.rows.clear();
    overview.matching = 0;
    overview.moved = 0;
    overview
}

#[test]
fn the_pages_as_files() {
    let query = OverviewQuery::default();
    for (name, theme) in [("overview", Theme::Light), ("overview-dark", Theme::Dark)] {
        let overview = testing::overview();
        let main = main(&page_of(&overview, &query));
        testing::save(name, &document(theme, main));
    }
    let mut overview = testing::overview();
    overview.incidents = vec![testing::incident_line()];
    (overview.summary.incidents, overview.summary.folded) = (1, 2);
    let main_of = |overview: &Overview| main(&page_of(overview, &query));
    testing::save("overview-incident", &document(Theme::Light, main_of(&overview)));
    let main = main(&page_of(&calm(), &query));
    testing::save("overview-calm", &document(Theme::Light, main));
}

#[test]
fn a_row_says_what_where_why_and_what_next() {
    let overview = testing::overview();
    let query = OverviewQuery::default();
    let page = page_of(&overview, &query);

    let row = super::row::row()
        .page(&page)
        .row(&overview.rows[0])
        .most(rust_decimal::Decimal::from(109))
        .render();

    insta::assert_snapshot!(row.0.replace("><", ">\n<"));
}

#[test]
fn the_headline_comes_from_the_same_rows() {
    let overview = testing::overview();

    let html = shown(&overview, &OverviewQuery::default());

    assert!(html.contains("5 sites</span> need action."));
    assert!(html.contains("€305</span> a day."));
    assert!(html.contains("of 57,600 in 24 h, newest 10:42"));
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn a_long_list_is_told_by_cause_and_leads_to_all_of_each() {
    let mut overview = testing::overview();
    let kind = overview.rows[2].assessment.finding.as_ref().unwrap().kind;
    overview.causes = vec![CauseGroup {
        kind,
        sites: 31,
        worst: Status::ActToday,
        lost_per_day: Energy::from_wh(4_500_000),
        money_per_day: vec![Money { amount: 910.into(), currency: Currency::Eur }],
        next_step: NextStep::FixRemotely,
    }];

    let query = OverviewQuery { text: Some("farm".to_owned()), ..OverviewQuery::default() };
    let html = shown(&overview, &query);

    let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} in {html}"));
    let dom_id = |row: usize| format!("id=\"{}\"", super::row::dom_id(overview.rows[row].site.id));
    assert!(at(&format!("{}: 31 sites", kind.name())) < at(&dom_id(2)));
    assert!(at(&dom_id(2)) < at(&dom_id(0)), "others come after");
    assert!(html.contains(&format!("href=\"/overview?kind={kind}&amp;q=farm\"")));
    assert!(html.contains("€910</span>"));
    testing::save("overview-causes", &document(Theme::Light, main(&page_of(&overview, &query))));
}

#[test]
fn a_calm_morning_says_that_nothing_is_needed() {
    let html = shown(&calm(), &OverviewQuery::default());

    assert!(html.contains("No site needs action.</strong> 1 being watched, 199 on track."));
    assert!(html.contains("Nothing needs you right now"));
    assert!(!html.contains("id=\"attention\""));
}

#[test]
fn an_empty_fleet_says_how_to_begin() {
    let mut overview = calm();
    overview.summary.counts = StatusCounts::default();

    let html = shown(&overview, &OverviewQuery::default());

    assert!(html.contains("No sites yet."));
}

#[test]
fn rows_keep_their_place_and_the_reader_is_told() {
    let html = shown(&testing::overview(), &OverviewQuery::default());

    assert!(html.contains("<b>1 site</b> would move."));
    assert!(html.contains("href=\"/overview\" data-rerank"));
}

#[test]
fn a_solved_row_is_struck_through_and_an_appended_one_is_new() {
    let mut overview = testing::overview();
    overview.rows[0].rank = None;
    overview.rows[4].raised_at = None;
    let order = overview.rows[..4].iter().map(|row| row.site.id).collect();

    let html = shown(&overview, &OverviewQuery { order, ..OverviewQuery::default() });

    assert_eq!(html.matches("data-solved").count(), 1);
    let last = html.split("id=\"att-5\"").nth(1).unwrap();
    assert!(last.contains("newtag"));
}

#[test]
fn unknown_loss_is_hatched_and_called_unseen() {
    let html = shown(&testing::overview(), &OverviewQuery::default());

    let silent = html.split("id=\"att-4\"").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(silent.contains("205 kWh unseen"));
    assert!(silent.contains("url(#p-none)"));
}

#[test]
fn what_people_typed_is_escaped() {
    let query = OverviewQuery {
        text: Some("\"><script>alert(1)</script>".to_owned()),
        view: OverviewView::Watch,
        ..OverviewQuery::default()
    };
    let mut overview = testing::overview();
    overview.rows = vec![testing::row(7)];

    let html = shown(&overview, &query);

    assert!(!html.contains("<script>"));
    assert!(html.contains("Castle &lt;View&gt; Flats &amp; Sons"));
}

#[test]
fn a_page_of_many_offers_the_next_fifty() {
    let mut overview = testing::overview();
    overview.matching = 120;

    let html = shown(&overview, &OverviewQuery { limit: 5, ..OverviewQuery::default() });

    assert!(html.contains("href=\"/overview?limit=55\""));
}

#[test]
fn no_markup_carries_a_style_attribute() {
    assert!(!shown(&testing::overview(), &OverviewQuery::default()).contains("style="));
}

#[test]
fn an_incident_is_one_line_with_its_sites_and_its_three_texts() {
    let mut overview = testing::overview();
    overview.incidents = vec![testing::incident_line()];
    overview.summary.incidents = 1;
    overview.summary.folded = 2;

    let html = shown(&overview, &OverviewQuery::default());

    assert!(html.contains("1 incident and 3 sites</span> need action."));
    assert!(html.contains("SolarEdge gives no readings: 2 sites are silent."));
    assert!(html.contains("please do not restart your inverter"));
    assert!(
        html.contains("we cannot see your system because")
            || html.contains("We cannot see your system because")
    );
    assert_eq!(html.matches("id=\"inc-").count(), 2, "the line and its drawer");
}

#[test]
fn the_evidence_of_a_row_opens_without_leaving_the_list() {
    let html = shown(&testing::overview(), &OverviewQuery::default());

    let row = html.split("id=\"att-2\"").nth(1).unwrap().split("</li>").next().unwrap();
    let id = uuid::Uuid::from_u128(2);
    assert!(row.contains("<details class=\"drawer\""));
    assert!(row.contains(&format!("el.open &amp;&amp; @get('/sites/gg-0002/anomalies/{id}')")));
    assert!(row.contains(&format!("href=\"/sites/gg-0002?anomaly={id}#case\"")));
    assert!(row.contains("9 neighbours at the same moment"));
    assert!(row.contains("In progress"));
}
