use greengrid_app::customer::{
    Bucket, BucketStart, Comparison, History, HistoryQuery, OwnSite, OwnSitePage, Sum, Sums,
    Trouble, WorthOverTime,
};
use greengrid_domain::customer::{
    Assumptions, AssumptionsError, GridFactor, HistorySpan, Period, Promise, SelfUse, SiteRole,
};
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::{NextStep, Status};
use greengrid_domain::units::Energy;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::dto::WorthDto;
use super::views::{self, SiteView, Typed};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

const TODAY: Date = date(2026, 6, 12);

fn kwh(kwh: i64) -> Energy {
    Energy::from_wh(kwh * 1000)
}

/// A site of the fleet of tests; those in trouble with what their owners are
/// told.
fn own(i: usize) -> OwnSite {
    let row = testing::row(i);
    let trouble = row.assessment.status.needs_action().then(|| {
        let finding = row.assessment.finding.clone().unwrap();
        let who = row.owner.as_ref().map(|_| "Rui".to_owned());
        Trouble {
            what: greengrid_domain::customer::what_is_wrong(finding.kind).to_owned(),
            since: finding.since,
            doing: greengrid_domain::customer::doing(NextStep::SendTechnician, who.is_some())
                .to_owned(),
            who,
            promise: Promise::Work(
                "2026-06-12T13:30:00Z".parse().unwrap(),
                "2026-06-12T15:00:00Z".parse().unwrap(),
            ),
            lost_per_day: Some(finding.lost_per_day),
            only_unseen: row.assessment.status == Status::NoData,
        }
    });
    OwnSite { as_of: testing::now(), row, role: SiteRole::Owner, trouble }
}

fn history(span: HistorySpan) -> History {
    let period = Period::containing(span, TODAY, date(2025, 4, 2));
    let known =
        |day: Date| (day <= TODAY && day.day() != 9).then(|| kwh(20 + i64::from(day.day() % 5)));
    let buckets = match span {
        HistorySpan::Year => (1..=12)
            .map(|month| Bucket {
                start: BucketStart::Month(date(2026, month, 1)),
                made: (month <= 6).then(|| kwh(300 + 40 * i64::from(month))),
                year_before: (month >= 4).then(|| kwh(310 + 40 * i64::from(month))),
                missing_days: i32::from(month == 6),
                open: month >= 6,
            })
            .collect(),
        _ => period
            .days()
            .map(|day| Bucket {
                start: BucketStart::Day(day),
                made: known(day),
                year_before: Some(kwh(21)),
                missing_days: 0,
                open: day >= TODAY,
            })
            .collect(),
    };
    History {
        period,
        buckets,
        made: kwh(283),
        comparison: Some(Comparison { days: 10, made: kwh(260), year_before: kwh(250) }),
        first: Some(date(2025, 4, 2)),
        today: TODAY,
    }
}

fn site_page(i: usize, span: HistorySpan) -> OwnSitePage {
    let site = own(i);
    let assumptions = Assumptions::usual(site.row.site.details.price);
    let over = |made: Energy| WorthOverTime {
        made,
        worth: assumptions.worth(made, SelfUse::Assumed(assumptions.self_use)),
    };
    let grid = GridFactor::around(&testing::zone());
    let parts = |n: i64| (0..n).map(|i| (i < 5).then(|| kwh(10 + i))).collect();
    OwnSitePage {
        today: testing::curve(i, 1),
        sums: Sums {
            week: Sum { made: kwh(173), parts: parts(7) },
            month: Sum { made: kwh(283), parts: parts(30) },
            year: Sum { made: kwh(1856), parts: parts(12) },
        },
        history: history(span),
        assumptions,
        worth_today: over(kwh(12)),
        this_year: over(kwh(1856)),
        lifetime: over(kwh(4200)),
        grid,
        avoided: [kwh(12), kwh(1856), kwh(4200)].map(|made| grid.avoided_by(made)),
        site,
    }
}

fn shown_page(page: &OwnSitePage, typed: Option<&Typed>) -> String {
    let query = HistoryQuery { span: page.history.period.span, at: None };
    views::site(&SiteView { page, query, typed }).into_string().replace('\u{a0}', " ")
}

fn shown(i: usize) -> String {
    shown_page(&site_page(i, HistorySpan::Month), None)
}

#[test]
fn the_pages_as_files() {
    for (name, theme, i) in [("my", Theme::Light, 6), ("my-dark", Theme::Dark, 1)] {
        let shown = site_page(i, HistorySpan::Month);
        let view = SiteView { page: &shown, query: HistoryQuery::default(), typed: None };
        let document = page()
            .viewer(&testing::viewer(Role::Customer, theme))
            .title("My sites")
            .nav(Nav::My)
            .clock(testing::clock())
            .main(views::site(&view))
            .render();
        testing::save(name, &document);
    }
}

#[test]
fn the_sentence_comes_first_and_all_is_well() {
    let html = shown(6);

    assert!(html.contains(
        "Your system works as it should: it makes what the sun on your roof allows.</h1>"
    ));
    assert!(html.contains("All good"));
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(!html.contains("style="));
    assert!(!html.contains("id=\"trouble\""));
}

#[test]
fn trouble_says_what_since_when_who_and_by_when() {
    let html = shown(1);

    assert!(html.contains("Your system makes less than it should under this sky."));
    assert!(html.contains("today 06:10"));
    assert!(html.contains("Rui, from our operations team"));
    assert!(html.contains("Work at your site is planned for Friday 12 June, 15:30 to 17:00."));
    assert!(html.contains("about 310 kWh on a day like the last"));
    assert!(html.contains("We are on it"));
    // The words of operations stay with them.
    assert!(!shown(0).contains("Inverter 2"));
}

#[test]
fn silence_is_not_called_failure() {
    let html = shown(3);

    assert!(html.contains("It may well be working: only its connection is silent."));
    assert!(html.contains("No readings"));
}

#[test]
fn several_sites_are_a_list_with_a_sentence_each() {
    let html = views::list(&[own(6), own(3)]).into_string().replace('\u{a0}', " ");

    assert!(html.contains("One of your 2 sites is not as it should be. The other is fine."));
    assert!(html.contains("href=\"/my/gg-0004\""));
    assert!(html.contains("Your system works as it should"));
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn somebody_without_a_site_is_told_so() {
    assert!(views::list(&[]).into_string().contains("No site is linked to your account yet"));
}

#[test]
fn history_is_told_in_a_sentence_a_chart_a_table_and_a_file() {
    let html = shown(6);

    assert!(html.contains("June 2026: 283 kWh made"));
    assert!(html.contains(
        "On the 10 days that can be compared it made 4 % more than a year before (260 kWh and 250 kWh)."
    ));
    assert!(html.contains("<caption>June 2026</caption>"));
    assert!(html.contains("Tue 9 Jun 2026</th><td class=\"n\"><span class=\"dim\">no readings"));
    assert!(!html.contains("Sat 13 Jun 2026</th>"));
    assert!(html.contains("href=\"/my/gg-0007/history.csv\""));
    let year = shown_page(&site_page(6, HistorySpan::Year), None);
    assert!(year.contains("June 2026<small>1 day without readings"));
    assert!(year.contains("/my/gg-0007/history.csv?span=year"));
}

#[test]
fn the_hour_that_comes_twice_is_told_apart() {
    let day = date(2025, 10, 26);
    let zone = testing::zone();
    let start = zone.start_of(day);
    let mut page = site_page(6, HistorySpan::Day);
    page.history.period = Period::containing(HistorySpan::Day, day, day);
    page.history.buckets = (0..25)
        .map(|hour| Bucket {
            start: BucketStart::Hour(start + jiff::SignedDuration::from_hours(hour)),
            made: Some(kwh(1)),
            year_before: None,
            missing_days: 0,
            open: false,
        })
        .collect();

    let html = shown_page(&page, None);

    assert!(html.contains("02:00 CEST</th>") && html.contains("02:00 CET</th>"));
    assert!(html.contains("The clocks went back on this day, so one hour comes twice."));
    let csv = super::history_csv::text(&page.site.row.site, &page.history);
    assert!(csv.contains(",2025-10-26T02:00:00+02:00,1.000,"));
    assert!(csv.contains(",2025-10-26T02:00:00+01:00,1.000,"));
    assert_eq!(csv.lines().count(), 26);
    assert_eq!(day.saturating_add(1.day()), date(2025, 10, 27));
}

#[test]
fn what_is_assumed_is_said_to_be() {
    let mut page = site_page(6, HistorySpan::Month);
    let assumed = shown_page(&page, None);
    page.lifetime.worth.self_use = SelfUse::Measured(412);
    page.assumptions.stated = true;
    let measured = shown_page(&page, None);

    assert!(assumed.contains("30 % of what you make yourself: that is assumed"));
    assert!(assumed.contains("the tariff on record for your site"));
    assert!(assumed.contains("243 g: the average of the European Union in 2023"));
    assert!(measured.contains("41 % of what you make yourself: your meter measured that."));
    assert!(measured.contains("as stated by an owner"));
}

#[test]
fn a_price_that_cannot_be_is_answered_beside_its_field_with_what_was_typed() {
    let worth = WorthDto {
        bought: "32 \"ct\"".to_owned(),
        fed_in: "0.08".to_owned(),
        self_use: "30".to_owned(),
    };
    let typed = Typed { worth, error: AssumptionsError::Bought };

    let html = shown_page(&site_page(6, HistorySpan::Month), Some(&typed));

    assert!(html.contains("value=\"32 &quot;ct&quot;\""));
    assert!(html.contains("aria-describedby=\"e-bought h-bought\" aria-invalid=\"true\""));
    assert!(html.contains("A price of power lies between 0 and 2 per kWh, such as 0.32."));
    assert!(
        html.contains(
            "id=\"worth-form\" class=\"raw\" data-preserve-attr=\"open\" data-ignore-morph open"
        ) || html.contains(" open>")
    );
}

#[test]
fn who_only_looks_is_offered_no_form() {
    let mut page = site_page(6, HistorySpan::Month);
    page.site.role = SiteRole::Viewer;

    assert!(!shown_page(&page, None).contains("worth-form"));
}
