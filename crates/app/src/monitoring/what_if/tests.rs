use std::sync::Arc;

use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel, Sky};
use greengrid_domain::monitoring::rules::Threshold;
use greengrid_domain::monitoring::{AnomalyKind, Baseline, IntervalActual};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::Timestamp;
use jiff::civil::date;
use uuid::Uuid;

use super::{Answer, Outcome, Question, WhatIf, WhatIfError, sample};
use crate::actor::Actor;
use crate::monitoring::ReadModels;
use crate::testing::{
    FakeAssessmentStore, FakeLiveBus, FakeReadModels, FakeSiteStore, FixedClock, site,
};

fn at(local: &str) -> Timestamp {
    format!("2026-06-{local}:00+02:00").parse().unwrap()
}

/// Six sites under a clear sky up to 12 June at noon; the first was off for two
/// hours on the 11th.
async fn asked() -> (WhatIf, Arc<FakeLiveBus>) {
    let read_models = Arc::new(FakeReadModels::default());
    let off = at("11T10:00")..at("11T12:00");
    for number in 1..=6 {
        let model = SiteModel::new(&site(number).details, Baseline::untrained(number.into()));
        let (from, to) =
            (Interval::containing(at("07T00:00")), Interval::containing(at("12T12:00")));
        for interval in from.until(to) {
            let clear = model.clear_sky(&IntervalSun::of(interval));
            let told = Sky::Told { clearness: 1.0, change: 0.0, spread: 0.02, sites: 6 };
            let is_off = number == 1 && off.contains(&interval.start());
            let wh = if is_off { 0.0 } else { model.expected(clear, told).wh };
            let energy = Energy::from_wh_rounded(wh);
            let actual =
                IntervalActual::builder().interval(interval).energy(energy).covered_s(900).build();
            read_models.put(number.into(), actual);
        }
    }
    let bus = Arc::new(FakeLiveBus::default());
    let sites = FakeSiteStore::of((1..=6).map(site).collect());
    let what_if = WhatIf::builder()
        .directory(sites.directory().await)
        .read_models(read_models as Arc<dyn ReadModels>)
        .assessments(Arc::new(FakeAssessmentStore::default()))
        .bus(Arc::clone(&bus) as _)
        .clock(Arc::new(FixedClock::at(at("12T12:00"))))
        .build();
    (what_if, bus)
}

fn of_role(role: Role) -> Actor {
    Actor::User { id: Uuid::nil().into(), role }
}

fn of_outage(value: f64) -> Question {
    Question { threshold: Threshold::OutageOff, value, days: 3 }
}

/// Asks until it is known, whenever progress is told.
async fn known(what_if: &WhatIf, bus: &FakeLiveBus, question: Question) -> Arc<Outcome> {
    loop {
        match what_if.ask(&of_role(Role::Ops), question).unwrap() {
            Answer::Known(outcome) => return outcome,
            Answer::Running { done, of } => assert!(done <= of),
            Answer::Failed => panic!("it failed"),
        }
        bus.heard().await;
    }
}

#[tokio::test]
async fn what_is_shorter_than_the_value_tried_no_longer_fires() {
    let (what_if, bus) = asked().await;

    let outcome = known(&what_if, &bus, of_outage(12.0)).await;

    assert_eq!((outcome.sites, outcome.of), (6, 6));
    assert_eq!(outcome.counts, [(AnomalyKind::Outage, 1, 0)]);
    assert_eq!(outcome.added, []);
    let gone: Vec<_> = outcome.gone.iter().map(|fired| (fired.site.id, fired.day)).collect();
    assert_eq!(gone, [(1.into(), date(2026, 6, 11))]);
}

#[tokio::test]
async fn the_usual_value_changes_nothing() {
    let (what_if, bus) = asked().await;

    let outcome = known(&what_if, &bus, of_outage(Threshold::OutageOff.usual())).await;

    assert_eq!(outcome.counts, [(AnomalyKind::Outage, 1, 1)]);
    assert!(outcome.added.is_empty() && outcome.gone.is_empty());
}

#[tokio::test]
async fn values_without_sense_and_people_without_leave_are_refused() {
    let (what_if, _bus) = asked().await;

    assert!(matches!(what_if.ask(&of_role(Role::Ops), of_outage(0.0)), Err(WhatIfError::Value(_))));
    let customer = what_if.ask(&of_role(Role::Customer), of_outage(4.0));
    assert!(matches!(customer, Err(WhatIfError::Denied(_))));
}

#[test]
fn of_a_large_fleet_every_region_brings_its_share_and_never_too_few_neighbours() {
    let fleet: Vec<_> = (1..=4_000)
        .map(|number| {
            let mut site = site(number);
            let region = if number % 100 == 0 { "north" } else { "south" };
            site.details.region = region.parse().unwrap();
            Arc::new(site)
        })
        .collect();

    let some = sample(&fleet);

    let north = some.iter().filter(|site| site.details.region.as_str() == "north").count();
    assert_eq!((some.len(), north), (309, 12));
    assert_eq!(sample(&fleet[..200]).len(), 200);
}
