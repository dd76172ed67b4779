use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::*;
use crate::fleet::Brand;
use crate::monitoring::{AnomalyKind, LocalHours};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn noon() -> Timestamp {
    at("2026-06-12T10:00:00Z")
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

fn fact() -> AlertFact {
    AlertFact {
        site: 1.into(),
        kind: AnomalyKind::Outage,
        severity: Severity::ActToday,
        region: "north".parse().unwrap(),
        brand: Brand::Fronius,
        money_per_day: Decimal::from(50),
        since: noon(),
        zone: "Europe/Berlin".parse().unwrap(),
    }
}

fn rule() -> AlertRule {
    AlertRule {
        id: Uuid::from_u128(1).into(),
        name: "Outages".parse().unwrap(),
        filter: AlertFilter {
            kinds: [AnomalyKind::Outage].into(),
            severity: Severity::NeedsAction,
            region: None,
            brand: None,
            least_per_day: Decimal::from(20),
        },
        lasting: SignedDuration::ZERO,
        gather: minutes(2),
        quiet: None,
        to: vec!["diana@example.org".parse().unwrap()],
        webhooks: std::collections::BTreeSet::new(),
        escalation: None,
        tells_end: false,
        enabled: true,
    }
}

fn check(change: impl FnOnce(&mut AlertFact), told: bool) {
    let mut fact = fact();
    change(&mut fact);
    assert_eq!(rule().filter.holds(&fact), told, "{fact:?}");
}

#[test]
fn a_rule_tells_of_what_is_like_its_filter_in_everything() {
    check(|_| {}, true);
    check(|fact| fact.kind = AnomalyKind::CommGap, false);
    check(|fact| fact.severity = Severity::NeedsAction, true);
    check(|fact| fact.severity = Severity::Any, false);
    check(|fact| fact.money_per_day = Decimal::from(20), true);
    check(|fact| fact.money_per_day = Decimal::new(1_999, 2), false);
    let mut narrow = rule();
    narrow.filter.region = Some("south".parse().unwrap());
    assert!(!narrow.filter.holds(&fact()));
    narrow.filter.region = None;
    narrow.filter.brand = Some(Brand::Enphase);
    assert!(!narrow.filter.holds(&fact()));
}

#[test]
fn it_waits_until_an_anomaly_has_lasted_and_others_had_time_to_come() {
    let mut rule = rule();
    assert_eq!(rule.due(&fact(), noon() + minutes(5)), noon() + minutes(7));

    rule.lasting = minutes(60);

    assert_eq!(rule.due(&fact(), noon() + minutes(5)), noon() + minutes(60));
}

#[test]
fn what_falls_into_quiet_hours_is_told_when_they_end_also_over_a_change_of_the_clocks() {
    let mut rule = rule();
    rule.gather = SignedDuration::ZERO;
    rule.quiet = Some(LocalHours::new(22, 6).unwrap());
    let due = |text| rule.due(&fact(), at(text)).to_string();

    assert_eq!(due("2026-06-12T19:59:00Z"), "2026-06-12T19:59:00Z");
    assert_eq!(due("2026-06-12T20:00:00Z"), "2026-06-13T04:00:00Z");
    assert_eq!(due("2026-06-13T03:59:59Z"), "2026-06-13T04:00:00Z");
    assert_eq!(due("2026-06-13T04:00:00Z"), "2026-06-13T04:00:00Z");
    let winter = AlertFact { since: at("2026-01-01T00:00:00Z"), ..fact() };
    let due = |text| rule.due(&winter, at(text)).to_string();
    // The night in which an hour is missing, and the one that has one more.
    assert_eq!(due("2026-03-28T23:30:00Z"), "2026-03-29T04:00:00Z");
    assert_eq!(due("2026-10-24T23:30:00Z"), "2026-10-25T05:00:00Z");
}

#[test]
fn a_storm_becomes_few_messages() {
    let storm: Vec<_> =
        (0..10_000).map(|n| (fact(), noon() + SignedDuration::from_secs(n / 50), None)).collect();

    let gathered = preview(&rule(), &storm, &[]);
    let each = preview(&AlertRule { gather: SignedDuration::ZERO, ..rule() }, &storm, &[]);

    assert_eq!((gathered.anomalies, gathered.messages), (10_000, 2));
    assert!(!gathered.floods());
    assert!(each.floods());
    assert_eq!(each.messages, 10_000);
}

#[test]
fn what_was_over_before_it_could_be_told_is_not_told() {
    let rule = AlertRule { lasting: minutes(60), ..rule() };
    let short = (fact(), noon(), Some(noon() + minutes(59)));
    let long = (fact(), noon(), Some(noon() + minutes(61)));

    assert_eq!(preview(&rule, &[short, long], &[]).anomalies, 1);
}

fn gap_after_outage(equal: &[Label]) -> Inhibition {
    Inhibition {
        id: Uuid::from_u128(1).into(),
        why: "Who is off is silent too".parse().unwrap(),
        source: Matcher { kind: Some(AnomalyKind::CommGap), ..Matcher::default() },
        target: Matcher { kind: Some(AnomalyKind::Outage), ..Matcher::default() },
        equal: equal.iter().copied().collect(),
    }
}

fn gap(site: i32) -> AlertFact {
    AlertFact { site: site.into(), kind: AnomalyKind::CommGap, ..fact() }
}

#[test]
fn an_anomaly_keeps_those_quiet_that_have_the_same_labels_while_it_lasts() {
    let rules = [gap_after_outage(&[Label::Site])];
    let source = gap(1);
    let lasting = [(&source, noon(), Some(noon() + minutes(60)))];
    let inhibitors = Inhibitors::among(&rules, lasting.iter().copied());
    let quiet = |fact: &AlertFact, at| inhibitors.of(fact, at).is_some();

    assert!(quiet(&fact(), noon()) && quiet(&fact(), noon() + minutes(59)));
    assert!(!quiet(&fact(), noon() - minutes(1)) && !quiet(&fact(), noon() + minutes(60)));
    assert!(!quiet(&AlertFact { site: 2.into(), ..fact() }, noon()));
    assert!(!quiet(&source, noon()));
}

#[test]
fn what_is_like_both_sides_keeps_nothing_like_itself_quiet() {
    let mut rule = gap_after_outage(&[Label::Region]);
    rule.source = Matcher { severity: Some(Severity::ActToday), ..Matcher::default() };
    let rules = [rule];
    let (one, other, gap) = (fact(), AlertFact { site: 2.into(), ..fact() }, gap(3));

    let outages = [(&one, noon(), None), (&other, noon(), None)];
    let alone = Inhibitors::among(&rules, outages.iter().copied());
    let with_gap = [(&one, noon(), None), (&gap, noon(), None)];
    let beside = Inhibitors::among(&rules, with_gap.iter().copied());

    assert!(alone.of(&one, noon()).is_none() && alone.of(&other, noon()).is_none());
    assert!(beside.of(&one, noon()).is_some());
}

#[test]
fn an_inhibition_that_makes_no_sense_is_refused() {
    assert!(gap_after_outage(&[Label::Site]).check().is_ok());
    assert_eq!(gap_after_outage(&[]).check(), Err(InhibitionError::NothingEqual));
    let mut same = gap_after_outage(&[Label::Site]);
    same.source = same.target.clone();
    assert_eq!(same.check(), Err(InhibitionError::SameSides));
}

#[test]
fn a_preview_tells_what_was_inhibited() {
    let heard = [(gap(1), noon(), None), (fact(), noon(), None)];
    let elsewhere = [(gap(2), noon(), None), (fact(), noon(), None)];
    let rules = [gap_after_outage(&[Label::Site])];

    let kept = preview(&rule(), &heard, &rules);
    let told = preview(&rule(), &elsewhere, &rules);

    assert_eq!((kept.anomalies, kept.inhibited), (0, 1));
    assert_eq!((told.anomalies, told.inhibited), (1, 0));
}

#[test]
fn a_silence_holds_for_its_time_and_for_what_it_names() {
    let silence = AlertSilence {
        id: Uuid::from_u128(1).into(),
        kind: None,
        region: Some("north".parse().unwrap()),
        brand: None,
        from: noon(),
        until: noon() + minutes(120),
        why: "Grid works".parse().unwrap(),
    };

    assert!(silence.holds(&fact(), noon()) && !silence.holds(&fact(), noon() + minutes(120)));
    let south = AlertFact { region: "south".parse().unwrap(), ..fact() };
    assert!(!silence.holds(&south, noon()));
    assert!(silence.clone().check().is_ok());
    assert_eq!(AlertSilence { until: noon() + minutes(59), ..silence }.check(), Err(SilenceError));
}

#[test]
fn a_rule_that_makes_no_sense_is_refused() {
    let refused = |change: fn(&mut AlertRule)| {
        let mut rule = rule();
        change(&mut rule);
        rule.check().err()
    };

    assert_eq!(refused(|_| {}), None);
    assert_eq!(refused(|rule| rule.to.clear()), Some(AlertRuleError::Recipients));
    let programs_alone = |rule: &mut AlertRule| {
        rule.to.clear();
        rule.webhooks.insert(Uuid::from_u128(9).into());
    };
    assert_eq!(refused(programs_alone), None);
    assert_eq!(refused(|rule| rule.gather = minutes(-1)), Some(AlertRuleError::Gather));
    assert_eq!(refused(|rule| rule.lasting = minutes(11_000)), Some(AlertRuleError::Lasting));
    let soon = Escalation { after: minutes(1), to: rule().to };
    let mut rule = rule();
    rule.escalation = Some(soon);
    assert_eq!(rule.check(), Err(AlertRuleError::Escalation));
}

proptest! {
    #[test]
    fn nothing_is_told_in_quiet_hours_nor_held_for_more_than_a_day(
        seconds in 1_700_000_000_i64..1_900_000_000,
        from in 0_i8..24,
        length in 1_i8..23,
    ) {
        let to = (from + length) % 24;
        let quiet = LocalHours::new(from, if to == 0 { 24 } else { to }).unwrap();
        let rule = AlertRule { quiet: Some(quiet), ..rule() };
        let (zone, at) = (fact().zone, Timestamp::from_second(seconds).unwrap());

        let told = rule.out_of_quiet(at, &zone);

        prop_assert_eq!(rule.out_of_quiet(told, &zone), told);
        prop_assert!(told >= at && told.duration_since(at) <= SignedDuration::from_hours(25));
    }
}
