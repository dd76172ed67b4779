use std::sync::Arc;

use greengrid_app::monitoring::what_if::{Answer, Fired, Outcome, Question};
use greengrid_app::monitoring::{RuleTally, Scorecard};
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::AnomalyKind;
use greengrid_domain::monitoring::rules::Threshold;
use jiff::SignedDuration;
use strum::IntoEnumIterator;

use super::views::{ScorecardView, main};
use super::what_if::Tried;
use super::{ScorecardQuery, read};
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

fn card(fired: bool) -> Scorecard {
    let rules = AnomalyKind::iter().enumerate().map(|(at, kind)| match at {
        0 if fired => {
            RuleTally { fired: 12, quiet: 1, confirmed: 8, withdrawn: 2, ..RuleTally::empty(kind) }
        }
        1 if fired => RuleTally { fired: 5, confirmed: 5, came_back: 1, ..RuleTally::empty(kind) },
        _ => RuleTally::empty(kind),
    });
    Scorecard {
        as_of: testing::now(),
        since: testing::now() - SignedDuration::from_hours(24 * 30),
        rules: rules.collect(),
    }
}

fn asked(answer: Answer) -> Tried {
    Tried::Asked(Question { threshold: Threshold::OutageOff, value: 2.0, days: 30 }, answer)
}

fn outcome() -> Tried {
    let site = testing::row(7).site;
    asked(Answer::Known(Arc::new(Outcome {
        sites: 200,
        of: 200,
        counts: vec![(AnomalyKind::Outage, 12, 14)],
        added: vec![Fired { site, day: jiff::civil::date(2026, 6, 2), kind: AnomalyKind::Outage }],
        gone: Vec::new(),
    })))
}

fn query() -> ScorecardQuery {
    ScorecardQuery { days: 30, tried: Some((Threshold::OutageOff, "2".to_owned())) }
}

fn shown(card: &Scorecard, tried: Option<&Tried>) -> String {
    let query = query();
    let view = ScorecardView { card, query: &query, tried, ignored: &[] };
    main(&view).into_string().replace('\u{a0}', " ")
}

#[test]
fn the_page_as_a_file() {
    let (card, tried) = (card(true), outcome());
    for (name, theme) in [("scorecard", Theme::Light), ("scorecard-dark", Theme::Dark)] {
        let query = query();
        let view = ScorecardView { card: &card, query: &query, tried: Some(&tried), ignored: &[] };
        let document = page()
            .viewer(&testing::viewer(Role::Ops, theme))
            .title("Scorecard")
            .nav(Nav::Scorecard)
            .clock(testing::clock())
            .main(main(&view))
            .render();
        testing::save(name, &document);
    }
}

#[test]
fn the_headline_sums_the_rules_below() {
    let html = shown(&card(true), None);

    assert!(html.contains("13 of 15</span> were right</strong>, 87 %."), "{html}");
    assert!(html.contains("People dismissed 0, the program itself took back 2."));
    assert!(html.contains("Known and kept quiet: 1."));
    assert_eq!(html.matches("<h1").count(), 1);
    assert!(!html.contains("style="));
}

#[test]
fn nothing_that_fired_is_said_as_that() {
    let html = shown(&card(false), None);

    assert!(html.contains("No rule has fired."));
    assert!(html.contains("not known"));
}

#[test]
fn another_value_shows_what_would_have_fired() {
    let html = shown(&card(true), Some(&outcome()));

    assert!(html.contains(
        "With <b>2 quarter hours</b> instead of 3 quarter hours, over 200 sites: <b>1 more</b> and \
         <b>0 fewer</b>."
    ));
    assert!(html.contains("Castle &lt;View&gt; Flats &amp; Sons"));
    assert!(html.contains("/sites/gg-0008?day=2026-06-02&amp;days=3"));
}

#[test]
fn what_is_being_worked_out_tells_how_far_it_is() {
    let html = shown(&card(true), Some(&asked(Answer::Running { done: 12, of: 30 })));

    assert!(html.contains("day 12 of 30"), "{html}");
    assert!(html.contains("<progress class=\"progress\" max=\"30\" value=\"12\""), "{html}");
    assert!(shown(&card(true), Some(&asked(Answer::Failed))).contains("Try again."));
}

#[test]
fn a_value_that_makes_no_sense_is_refused_beside_its_field_and_kept() {
    let refused = Tried::Refused("the value must lie between 1 and 24".to_owned());
    let html = shown(&card(true), Some(&refused));

    assert!(html.contains("The value must lie between 1 and 24."));
    assert!(html.contains("required value=\"2\" aria-invalid=\"true\""), "{html}");
}

#[test]
fn a_question_is_read_as_people_write_it() {
    let question = |query: &str| read(query).0.question();

    let asked = question("days=90&threshold=loss_least&value=7,5").unwrap().unwrap();
    assert_eq!((asked.threshold, asked.value, asked.days), (Threshold::LossLeast, 7.5, 90));
    assert_eq!(question("days=365&threshold=loss_least&value=7").unwrap().unwrap().days, 90);
    assert!(question("threshold=loss_least&value=much").unwrap().is_err());
    assert_eq!(question("days=90"), None);
    assert_eq!(read("threshold=luck&value=7").1.len(), 1);
}
