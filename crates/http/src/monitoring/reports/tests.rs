use greengrid_app::messages::Links;
use greengrid_app::monitoring::StatusCounts;
use greengrid_app::monitoring::handover::{Deed, Turn, Turns};
use greengrid_app::monitoring::reports::{MorningReport, ReportLine, ReportPress, StuckCase};
use greengrid_domain::monitoring::{AnomalyEvent, AnomalyKind, NextStep, Spark, Status};
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::SignedDuration;
use jiff::civil::date;
use rust_decimal::Decimal;

use super::letter::Press;
use super::views;
use crate::testing::{now, zone};

fn line(number: i64) -> ReportLine {
    ReportLine {
        site: format!("S-{number}").parse().unwrap(),
        name: format!("Hill <Farm> {number}"),
        status: Status::ActToday,
        kind: AnomalyKind::Outage,
        cause: "The inverter is off.".to_owned(),
        since: now() - SignedDuration::from_hours(20),
        lost_per_day: Energy::from_wh(50_000),
        money_per_day: Money { amount: Decimal::from(number), currency: Currency::Eur },
        next_step: NextStep::SendTechnician,
        owner: Some("Rui".to_owned()),
        is_new: number == 1,
        spark: Spark { from: now(), actual: vec![Some(1), None], expected: vec![2, 3] },
    }
}

fn report(lines: i64, minutes_late: i64) -> MorningReport {
    MorningReport {
        region: "north".parse().unwrap(),
        region_name: "North & coast".to_owned(),
        day: date(2026, 6, 12),
        zone: zone(),
        due_at: now() - SignedDuration::from_mins(minutes_late),
        made_at: now(),
        counts: StatusCounts { act_today: usize::try_from(lines).unwrap(), ..Default::default() },
        money_per_day: vec![Money { amount: Decimal::from(75), currency: Currency::Eur }],
        lost_per_day: Energy::from_wh(100_000),
        incidents: Vec::new(),
        lines: (1..=lines).rev().map(line).collect(),
        settled: vec![("S-9".parse().unwrap(), "Brook Mill".to_owned())],
        stuck: vec![StuckCase {
            case: uuid::Uuid::from_u128(7).into(),
            number: "S-1004".to_owned(),
            name: "Weir <Cottage>".to_owned(),
            reason: "the installer is on holiday".to_owned(),
            since: now() - SignedDuration::from_hours(50),
        }],
    }
}

fn letter(report: &MorningReport) -> greengrid_domain::messages::Letter {
    let press = Press::new(Links::under("https://green.example"));
    let noted = Turn {
        anomaly: uuid::Uuid::from_u128(1).into(),
        site: ("S-2".parse().unwrap(), "Hill <Farm> 2".to_owned()),
        kind: AnomalyKind::Outage,
        cause: "The inverter is off.".to_owned(),
        money_per_day: Money { amount: Decimal::from(2), currency: Currency::Eur },
        at: now(),
        event: AnomalyEvent::Noted,
        by: Some("Rui".to_owned()),
        words: Some("Rang <them>".to_owned()),
    };
    let since = now() - SignedDuration::from_hours(24);
    let turns = Turns { since, done: vec![Deed::Anomaly(noted)], ..Turns::default() };
    press.letter(report, &turns, &"Diana@example.org".parse().unwrap())
}

#[test]
fn the_letter_answers_in_its_subject_and_names_every_site_in_both_forms() {
    let letter = letter(&report(2, 0));

    let subject = letter.subject.as_str().replace('\u{a0}', " ");
    assert_eq!(subject, "North & coast: 2 sites need action, €75 a day");
    assert_eq!(letter.key, "report:north:2026-06-12:diana@example.org".into());
    let html = letter.html.unwrap();
    assert!(letter.text.contains("Hill <Farm> 1 (new)") && html.contains("Hill &lt;Farm&gt; 1"));
    assert!(letter.text.contains("\nSince Thu\u{a0}"), "{}", letter.text);
    assert!(letter.text.contains("- Rui: Note: Rang <them> (Hill <Farm> 2)"), "{}", letter.text);
    assert!(html.contains("Rui: Note: Rang &lt;them&gt; (Hill &lt;Farm&gt; 2)"));
    for form in [&letter.text, &html] {
        assert!(form.contains("people did 1\u{a0}thing."), "{form}");
        assert!(form.contains("https://green.example/handover?region=north"));
        assert!(form.contains("https://green.example/sites/S-2"));
        assert!(form.contains("https://green.example/reports/north/2026-06-12"));
        assert!(form.contains("No longer in the list: Brook Mill."));
        assert!(form.contains("Rui has it."));
        assert!(form.contains("1\u{a0}customer’s onboarding is stuck: Weir"), "{form}");
        assert!(!form.contains("nobody was there"));
    }
}

#[test]
fn a_long_morning_is_cut_in_the_letter_and_whole_on_the_page() {
    let report = report(30, 0);

    let letter = letter(&report);
    let page = views::report(&report, &Turns::default()).into_string();

    assert!(
        letter.text.contains("And 10\u{a0}sites more.")
            || letter.text.contains("And 10 sites more.")
    );
    assert_eq!(page.matches("ledger__row").count(), 30);
}

#[test]
fn a_report_that_came_late_says_so() {
    let report = report(1, 130);

    assert!(letter(&report).text.contains("due at 08:32 and written at 10:42"));
    assert!(views::report(&report, &Turns::default()).into_string().contains("due at 08:32"));
}

#[test]
fn a_calm_morning_says_that_nothing_needs_anybody() {
    let letter = letter(&report(0, 0));

    assert_eq!(letter.subject.as_str(), "North & coast: no site needs action");
}
