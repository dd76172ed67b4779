use std::sync::Arc;

use greengrid_domain::fleet::Site;
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::monitoring::{
    Action, AnomalyKind, AnomalyNews, Dismissal, LifeError, Note, Phase,
};
use jiff::SignedDuration;
use uuid::Uuid;

use super::{Anomalies, AnomalyError, AnomalyStore, Dismiss, PlanMaintenance};
use crate::actor::{Actor, Denied};
use crate::ids::Ids;
use crate::testing::anomaly_suite::{self, AnomalyWorld, anomaly, minute, news, seen};
use crate::testing::{FakeAnomalyStore, FakeSiteStore, FixedClock, site};

const DIANA: u128 = 1;

fn person(number: u128) -> UserId {
    Uuid::from_u128(number).into()
}

fn actor(number: u128, role: Role) -> Actor {
    Actor::User { id: person(number), role }
}

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

fn in_utc(mut site: Site) -> Site {
    site.details.zone = "UTC".parse().unwrap();
    site
}

fn crew() -> Vec<(UserId, String)> {
    vec![(person(DIANA), "Diana".to_owned()), (person(2), "Rui".to_owned())]
}

struct OneId;

impl Ids for OneId {
    fn uuid(&self) -> Uuid {
        Uuid::from_u128(77)
    }
}

/// Two sites, of which the first has an outage, at minute 20.
async fn service() -> (Anomalies, Arc<FakeAnomalyStore>) {
    let sites = vec![in_utc(site(1)), in_utc(site(2))];
    let store = Arc::new(FakeAnomalyStore::of(sites.clone(), crew()));
    let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, 0));
    store.record(&[news(1, 1.into(), 10, raised)]).await.unwrap();
    let service = Anomalies::builder()
        .directory(FakeSiteStore::of(sites).directory().await)
        .store(Arc::clone(&store) as Arc<dyn AnomalyStore>)
        .clock(Arc::new(FixedClock::at(minute(20))))
        .ids(Arc::new(OneId))
        .build();
    (service, store)
}

#[tokio::test]
async fn the_fake_keeps_to_the_contract() {
    let sites: Vec<Site> = (1..=6).map(|number| in_utc(site(number))).collect();
    let ids = sites.iter().map(|site| site.id).collect();
    let store = FakeAnomalyStore::of(sites, crew());
    let people = crew().try_into().unwrap();

    anomaly_suite::anomaly_store_suite(&AnomalyWorld { store: &store, sites: ids, people }).await;
}

#[tokio::test]
async fn customer_success_may_write_notes_and_nothing_else() {
    let (service, _) = service().await;
    let (cs, code, id) = (actor(5, Role::Cs), "S-1".parse().unwrap(), anomaly(1));
    let dismiss =
        Dismiss { why: Dismissal::Snow, note: None, teaches: false, hours: None, lasts: None };
    let plan = PlanMaintenance {
        whole_region: false,
        from: minute(0),
        to: minute(60),
        why: note("New roof"),
    };

    assert!(service.note(&cs, &code, id, &note("She called.")).await.is_ok());
    for denied in [
        service.act(&cs, &code, id, Action::Acknowledge).await.map(|_| ()),
        service.snooze(&cs, &code, id, SignedDuration::from_hours(1)).await.map(|_| ()),
        service.dismiss(&cs, &code, id, dismiss).await.map(|_| ()),
        service.plan(&cs, &code, plan).await.map(|_| ()),
        service.scorecard(&cs, 30).await.map(|_| ()),
    ] {
        assert!(matches!(denied, Err(AnomalyError::Denied(Denied))), "{denied:?}");
    }
    let customer = actor(6, Role::Customer);
    let note = service.note(&customer, &code, id, &note("Me too.")).await;
    assert!(matches!(note, Err(AnomalyError::Denied(Denied))));
}

#[tokio::test]
async fn an_anomaly_is_only_found_at_its_own_site() {
    let (service, _) = service().await;
    let diana = actor(DIANA, Role::Ops);

    let elsewhere =
        service.act(&diana, &"S-2".parse().unwrap(), anomaly(1), Action::Acknowledge).await;

    assert!(matches!(elsewhere, Err(AnomalyError::Missing)));
}

#[tokio::test]
async fn nobody_outside_the_crew_is_given_an_anomaly() {
    let (service, _) = service().await;
    let (diana, code) = (actor(DIANA, Role::Ops), "S-1".parse().unwrap());
    let assign =
        async |to| service.act(&diana, &code, anomaly(1), Action::Assign(person(to))).await;

    assert!(matches!(assign(9).await, Err(AnomalyError::NotOfTheCrew)));
    assert_eq!(assign(2).await.unwrap().assigned_name.as_deref(), Some("Rui"));
    assert!(matches!(assign(2).await, Err(AnomalyError::Refused(LifeError::AlreadyTheirs))));
}

#[tokio::test]
async fn a_dismissal_keeps_the_pattern_quiet_until_it_is_forgotten() {
    let (service, store) = service().await;
    let (diana, code) = (actor(DIANA, Role::Ops), "S-1".parse().unwrap());
    let dismiss = Dismiss {
        why: Dismissal::RoofWork,
        note: None,
        teaches: true,
        hours: None,
        lasts: Some(SignedDuration::from_hours(24)),
    };

    let dismissed = service.dismiss(&diana, &code, anomaly(1), dismiss).await.unwrap();
    let raise = async |number, at| {
        let raised = AnomalyNews::Raised(seen(AnomalyKind::Outage, at));
        store.record(&[news(number, 1.into(), at, raised)]).await.unwrap();
        store.find(anomaly(number)).await.unwrap().unwrap().quiet.is_some()
    };

    assert_eq!(dismissed.life.phase(minute(20)), Phase::Dismissed);
    assert!(raise(2, 60).await, "the same");
    assert!(!raise(3, 60 + 24 * 60).await, "the pattern has ended");
    let cases = service.cases(&diana, &code).await.unwrap();
    assert_eq!((cases.patterns.len(), cases.cases.len()), (1, 3));
    service.forget(&diana, &code, cases.patterns[0].id).await.unwrap();
    assert!(!raise(4, 70).await);
}

#[tokio::test]
async fn planned_work_of_a_region_is_cancelled_from_any_of_its_sites() {
    let (service, _) = service().await;
    let (diana, first, second) =
        (actor(DIANA, Role::Ops), "S-1".parse().unwrap(), "S-2".parse().unwrap());
    let plan = |whole_region| PlanMaintenance {
        whole_region,
        from: minute(0),
        to: minute(60),
        why: note("New roof"),
    };

    let region = service.plan(&diana, &first, plan(true)).await.unwrap();
    assert_eq!(
        service.cases(&diana, &second).await.unwrap().windows,
        std::slice::from_ref(&region)
    );
    service.cancel(&diana, &second, region.id).await.unwrap();
    let own = service.plan(&diana, &first, plan(false)).await.unwrap();
    let elsewhere = service.cancel(&diana, &second, own.id).await;

    assert!(matches!(elsewhere, Err(AnomalyError::Missing)));
    let backwards = PlanMaintenance { to: minute(-1), ..plan(false) };
    assert!(matches!(service.plan(&diana, &first, backwards).await, Err(AnomalyError::Window(_))));
}

#[tokio::test]
async fn the_scorecard_has_a_line_for_every_kind() {
    let (service, _) = service().await;
    let diana = actor(DIANA, Role::Ops);

    let card = service.scorecard(&diana, 30).await.unwrap();

    assert_eq!(card.rules[0].kind, AnomalyKind::Outage);
    assert_eq!((card.rules[0].fired, card.rules[0].undecided()), (1, 1));
    assert_eq!(card.rules.len(), 13);
}
