//! The machine as a whole: whatever people do in whatever order, no case is in
//! a stage whose facts are not there.

use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::fleet::{Brand, Location};
use crate::ingestion::Cause;
use crate::observability::Initiator;
use crate::time::SiteZone;

fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

fn berlin() -> SiteZone {
    "Europe/Berlin".parse().unwrap()
}

fn in_context<T>(look: impl FnOnce(&Context<'_>) -> T) -> T {
    let regions = [RegionAt {
        code: "north".parse().unwrap(),
        name: "North".to_owned(),
        middle: Location::new(53.4, 9.9).unwrap(),
    }];
    let zone_of = |_| Some(berlin());
    look(&Context { regions: &regions, zone_of: &zone_of, today: date(2026, 6, 12) })
}

const GOOD: [(&str, &str); 14] = [
    ("customer", "P. Hartley"),
    ("email", "p.hartley@example.net"),
    ("signed_on", "8 June 2026"),
    ("consent", "yes"),
    ("site_name", "Weir Cottage"),
    ("address", "Deichweg 4, 20457 Hamburg"),
    ("coordinates", "53,5511 9,9937"),
    ("face.1.capacity", "6,2 kWp"),
    ("face.1.tilt", "35"),
    ("face.1.azimuth", "south-west"),
    ("price", "21 ct"),
    ("brand", "solaredge"),
    ("inverter.1.serial", "7E1234B5-67"),
    ("external_id", "410233"),
];

fn begun() -> Case {
    Case::builder().id(Uuid::nil().into()).opened_at(now()).stage_since(now()).build()
}

fn typed(case: &mut Case, key: &str, text: &str) {
    case.type_in(key.parse().unwrap(), text, None, Initiator::System, now());
}

fn seen(findings: Vec<Finding>, conclusive: bool) -> Verification {
    Verification { at: now(), conclusive, share: None, findings, curve: vec![] }
}

fn settle(case: &mut Case) -> Stage {
    in_context(|by| case.settle(by, &berlin(), now()));
    case.stage
}

/// A case in which everything is there.
fn whole() -> Case {
    let mut case = begun();
    for (key, text) in GOOD {
        typed(&mut case, key, text);
    }
    case.give_access(Uuid::nil().into(), Brand::SolarEdge, now());
    case.tested(TestOutcome::Passed, now(), now);
    case.verified(seen(vec![], true));
    settle(&mut case);
    case
}

#[test]
fn a_case_goes_its_way_step_by_step() {
    let mut case = begun();
    assert_eq!(settle(&mut case), Stage::Signed);
    assert_eq!(case.due_on, Some(date(2026, 6, 15)));
    for (key, text) in &GOOD[..3] {
        typed(&mut case, key, text);
    }
    assert_eq!(settle(&mut case), Stage::Details);
    for (key, text) in &GOOD[3..] {
        typed(&mut case, key, text);
    }
    assert_eq!(settle(&mut case), Stage::Credentials);
    case.give_access(Uuid::nil().into(), Brand::SolarEdge, now());
    assert_eq!(settle(&mut case), Stage::ConnectionTest);
    case.tested(TestOutcome::Asleep, now(), now);
    assert_eq!(settle(&mut case), Stage::ConnectionTest);
    case.tested(TestOutcome::Failed(Cause::CredentialRejected), now(), now);
    assert_eq!(settle(&mut case), Stage::ConnectionTest);
    case.tested(TestOutcome::Passed, now(), now);
    assert_eq!(settle(&mut case), Stage::Verification);
    assert!(in_context(|by| case.ready(by)).is_none());
    case.verified(seen(vec![Finding::MeterDirection], true));
    assert!(in_context(|by| case.ready(by)).is_none());
    case.accepted = Some(Acceptance { reason: "known".to_owned(), by: Initiator::System });

    let ready = in_context(|by| case.ready(by)).unwrap();
    assert_eq!(ready.details().zone.name(), "Europe/Berlin");
    assert_eq!(ready.details().region.as_str(), "north");
    assert_eq!(ready.external_id(), "410233");
    assert_eq!(in_context(|by| case.lacks(by)).needs(), [Need::GoLive]);
}

#[test]
fn another_key_or_roof_has_to_be_looked_at_anew() {
    let mut case = whole();
    typed(&mut case, "face.1.azimuth", "90");
    assert_eq!(settle(&mut case), Stage::Verification);
    assert!(case.verify_at.is_some() && in_context(|by| case.ready(by)).is_none());

    let mut case = whole();
    typed(&mut case, "external_id", "410234");
    assert_eq!(settle(&mut case), Stage::ConnectionTest);

    let mut case = whole();
    typed(&mut case, "brand", "fronius");
    assert!(settle(&mut case) < Stage::ConnectionTest);
    assert_eq!(case.credential(), None);
}

#[test]
fn a_case_waits_for_whoever_has_to_act() {
    let mut case = whole();
    case.tested(TestOutcome::Failed(Cause::NoFreshData), now(), now);
    settle(&mut case);
    let waits = in_context(|by| case.waits(by, now()));
    assert_eq!(waits.party, crate::ingestion::Party::Customer);

    let mut case = begun();
    settle(&mut case);
    let waits = in_context(|by| case.waits(by, now()));
    assert_eq!(waits.party, crate::ingestion::Party::Cs);
    assert!(waits.what.contains("Customer"), "{}", waits.what);
}

#[derive(Debug, Clone)]
enum Step {
    Type(usize, bool),
    Give(bool),
    Test(u8),
    Verify(bool, bool),
    Accept,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..GOOD.len(), any::<bool>()).prop_map(|(which, good)| Step::Type(which, good || which % 3 == 0)),
        2 => any::<bool>().prop_map(Step::Give),
        2 => (0_u8..3).prop_map(Step::Test),
        2 => any::<(bool, bool)>().prop_map(|(enough, clean)| Step::Verify(enough, clean)),
        1 => Just(Step::Accept),
    ]
}

fn take(case: &mut Case, step: &Step) {
    match *step {
        Step::Type(which, good) => {
            let (key, text) = GOOD[which];
            typed(case, key, if good { text } else { "?" });
        }
        Step::Give(fits) => {
            let brand = if fits { Brand::SolarEdge } else { Brand::Fronius };
            case.give_access(Uuid::nil().into(), brand, now());
        }
        Step::Test(kind) => {
            let outcome = match kind {
                0 => TestOutcome::Passed,
                1 => TestOutcome::Asleep,
                _ => TestOutcome::Failed(Cause::SiteUnknown),
            };
            case.tested(outcome, now(), now);
        }
        Step::Verify(enough, clean) => {
            let findings = if clean { vec![] } else { vec![Finding::MeterDirection] };
            case.verified(seen(findings, enough));
        }
        Step::Accept => {
            case.accepted = Some(Acceptance { reason: "so".to_owned(), by: Initiator::System });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn no_stage_without_its_facts_and_no_way_round_a_step(
        begins_whole in any::<bool>(),
        steps in proptest::collection::vec(step(), 0..40),
    ) {
        let mut case = if begins_whole { whole() } else { begun() };
        for step in steps {
            take(&mut case, &step);
            let stage = settle(&mut case);
            in_context(|by| {
                prop_assert!(stage < Stage::Live);
                prop_assert!(stage < Stage::Details || case.contract(by).is_ok());
                prop_assert!(stage < Stage::Credentials || case.details(by).is_ok());
                prop_assert!(
                    stage < Stage::ConnectionTest
                        || case.credential().is_some() && case.external_id(by).is_some()
                );
                prop_assert!(
                    stage < Stage::Verification
                        || case.test.map(|test| test.outcome) == Some(TestOutcome::Passed)
                );
                if case.ready(by).is_some() {
                    let seen = case.verification.as_ref().unwrap();
                    prop_assert!(stage == Stage::Verification && seen.conclusive);
                    prop_assert!(seen.findings.is_empty() || case.accepted.is_some());
                }
                prop_assert!(!case.lacks(by).needs().is_empty());
                Ok(())
            })?;
        }
    }
}
