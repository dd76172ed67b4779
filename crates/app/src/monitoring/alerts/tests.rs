use greengrid_domain::fleet::Brand;
use greengrid_domain::monitoring::alert::{
    AlertEvent, AlertFact, AlertFilter, AlertRule, AlertSilence, Severity,
};
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyKind, AnomalyNews, LocalHours, Stage,
};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Decision, INHIBITED, Situation, decide};
use crate::monitoring::AnomalyRecord;
use crate::monitoring::anomalies::apply;
use crate::testing::anomaly_suite::{minute, seen};

fn record() -> AnomalyRecord {
    let news = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    let change =
        AnomalyChange { anomaly: Uuid::from_u128(1).into(), site: 1.into(), at: minute(0), news };
    apply::hear(None, &change, &[], &"UTC".parse().unwrap()).unwrap().record
}

fn fact() -> AlertFact {
    AlertFact {
        site: 1.into(),
        kind: AnomalyKind::Outage,
        severity: Severity::ActToday,
        region: "south".parse().unwrap(),
        brand: Brand::Fronius,
        money_per_day: Decimal::from(50),
        since: minute(0),
        zone: "UTC".parse().unwrap(),
    }
}

fn rule() -> AlertRule {
    AlertRule {
        id: Uuid::from_u128(1).into(),
        name: "Outages".parse().unwrap(),
        filter: AlertFilter {
            kinds: [].into(),
            severity: Severity::Any,
            region: None,
            brand: None,
            least_per_day: Decimal::from(20),
        },
        lasting: SignedDuration::ZERO,
        gather: SignedDuration::from_mins(10),
        quiet: None,
        to: vec!["diana@example.org".parse().unwrap()],
        webhooks: std::collections::BTreeSet::new(),
        escalation: None,
        tells_end: true,
        enabled: true,
    }
}

/// What is decided at minute 30, with something changed.
fn decided(change: impl FnOnce(&mut World)) -> Decision {
    let mut world = World {
        rule: rule(),
        record: record(),
        fact: fact(),
        silences: Vec::new(),
        told_at: None,
        planned: None,
        incident_told: false,
        inhibited: false,
        event: AlertEvent::Raised,
    };
    change(&mut world);
    decide(&Situation {
        now: minute(30),
        rule: &world.rule,
        told_at: world.told_at,
        event: world.event,
        record: &world.record,
        fact: &world.fact,
        silences: &world.silences,
        planned_until: world.planned,
        incident_told: world.incident_told,
        inhibited: world.inhibited,
    })
}

struct World {
    rule: AlertRule,
    record: AnomalyRecord,
    fact: AlertFact,
    silences: Vec<AlertSilence>,
    told_at: Option<Timestamp>,
    planned: Option<Timestamp>,
    incident_told: bool,
    inhibited: bool,
    event: AlertEvent,
}

impl World {
    fn act(&mut self, action: &Action) {
        let by = Uuid::from_u128(9).into();
        let life = self.record.life.clone().act(action, by, minute(5)).unwrap();
        self.record.life = life;
    }
}

fn is_dropped(decision: Decision) -> bool {
    matches!(decision, Decision::Drop { .. })
}

#[test]
fn what_still_holds_is_told() {
    assert_eq!(decided(|_| {}), Decision::Tell);
}

#[test]
fn what_no_longer_holds_is_dropped() {
    assert!(is_dropped(decided(|world| world.record.until = Some(minute(20)))));
    assert!(is_dropped(decided(|world| world.act(&Action::Acknowledge))));
    assert!(is_dropped(decided(|world| world.act(&Action::Assign(Uuid::from_u128(3).into())))));
    assert!(is_dropped(decided(|world| world.record.quiet = Some(Uuid::from_u128(4).into()))));
    let less = decided(|world| world.fact.money_per_day = Decimal::ONE);
    assert!(matches!(less, Decision::Hold { why: "it is less than the rule asks", .. }));
    assert!(is_dropped(decided(|world| world.rule.enabled = false)));
    assert!(is_dropped(decided(|world| world.incident_told = true)));
}

#[test]
fn an_end_is_told_although_the_anomaly_is_over() {
    let decision = decided(|world| {
        world.record.until = Some(minute(20));
        world.event = AlertEvent::Ended;
    });

    assert_eq!(decision, Decision::Tell);
}

#[test]
fn silences_planned_work_snoozes_and_quiet_hours_hold_it_until_they_end() {
    let until = |decision| match decision {
        Decision::Hold { until, .. } => until,
        other => panic!("{other:?}"),
    };
    let silence = AlertSilence {
        id: Uuid::from_u128(1).into(),
        kind: Some(AnomalyKind::Outage),
        region: None,
        brand: None,
        from: minute(0),
        until: minute(90),
        why: "Grid works".parse().unwrap(),
    };

    assert_eq!(until(decided(|world| world.silences.push(silence))), minute(90));
    assert_eq!(until(decided(|world| world.planned = Some(minute(70)))), minute(70));
    let snoozed = |world: &mut World| world.act(&Action::Snooze { until: minute(80) });
    assert_eq!(until(decided(snoozed)), minute(80));
    let hour = "UTC".parse::<greengrid_domain::time::SiteZone>().unwrap().local(minute(30)).hour();
    let quiet = LocalHours::new(hour, hour + 1).unwrap();
    let ends = until(decided(|world| world.rule.quiet = Some(quiet)));
    assert!(ends > minute(30) && ends <= minute(90));
    assert!(matches!(record().life.stage, Stage::Open));
}

#[test]
fn what_another_keeps_quiet_is_held_and_looked_at_again() {
    let quiet = |world: &mut World| world.inhibited = true;
    let over = |world: &mut World| {
        world.inhibited = true;
        world.record.until = Some(minute(20));
    };

    assert!(matches!(decided(quiet), Decision::Hold { why: INHIBITED, .. }));
    assert!(is_dropped(decided(over)));
}

#[test]
fn what_comes_soon_after_a_message_is_gathered_into_the_next() {
    let soon = decided(|world| world.told_at = Some(minute(25)));
    let later = decided(|world| world.told_at = Some(minute(20)));

    let why = "gathered for the next message";
    assert_eq!(soon, Decision::Hold { until: minute(35), why });
    assert_eq!(later, Decision::Tell);
}
