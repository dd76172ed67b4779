use greengrid_app::monitoring::anomalies::{Fired, Parameter, WhatIfOutcome};
use greengrid_app::monitoring::{RuleTally, Scorecard};
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::AnomalyKind;
use jiff::SignedDuration;
use strum::IntoEnumIterator;

use super::views::{ScorecardView, main};
use super::what_if::Tried;
use crate::auth::Theme;
use crate::components::layout::{Nav, page};
use crate::testing;

fn parameter() -> Parameter {
    Parameter {
        name: "outage.minutes",
        kind: AnomalyKind::Outage,
        label: "time without production",
        unit: "min",
        present: 45.0,
        range: (15.0, 240.0),
    }
}

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
        parameters: Some(vec![parameter()]),
    }
}

fn outcome() -> Tried {
    let site = testing::row(7).site;
    Tried::Outcome(Box::new(WhatIfOutcome {
        parameter: parameter(),
        tried: 30.0,
        sites: 200,
        counts: vec![(AnomalyKind::Outage, 12, 14)],
        added: vec![Fired { site, day: jiff::civil::date(2026, 6, 2), kind: AnomalyKind::Outage }],
        gone: Vec::new(),
    }))
}

fn shown(card: &Scorecard, tried: Option<&Tried>) -> String {
    let view = ScorecardView { card, days: 30, tried, ignored: &[] };
    main(&view).into_string().replace('\u{a0}', " ")
}

#[test]
fn the_page_as_a_file() {
    let (card, tried) = (card(true), outcome());
    for (name, theme) in [("scorecard", Theme::Light), ("scorecard-dark", Theme::Dark)] {
        let view = ScorecardView { card: &card, days: 30, tried: Some(&tried), ignored: &[] };
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
        "With <b>30 min</b> instead of 45 min, over 200 sites: <b>1 more</b> and <b>0 fewer</b>."
    ));
    assert!(html.contains("Castle &lt;View&gt; Flats &amp; Sons"));
    assert!(html.contains("/sites/gg-0008?day=2026-06-02&amp;days=3"));
}

#[test]
fn a_value_that_makes_no_sense_is_refused_beside_its_field() {
    let tried = Tried::Refused {
        parameter: "outage.minutes".to_owned(),
        message: "the value must lie between 15 and 240".to_owned(),
    };
    let html = shown(&card(true), Some(&tried));

    assert!(html.contains("The value must lie between 15 and 240."));
    assert!(html.contains("aria-invalid=\"true\""));
}

#[test]
fn without_anything_to_run_the_rules_nobody_is_asked() {
    let card = Scorecard { parameters: None, ..card(true) };

    assert!(!shown(&card, None).contains("What would have fired"));
}
