//! Where sites stand by what people made of their anomalies.

use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::monitoring::{
    Action, AnomalyChange, AnomalyKind, AnomalyNews, Assessment, Dismissal, MaintenanceScope,
    MaintenanceWindow, Status,
};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::tests::{LOSSES, World, assessment, now, person};
use crate::fleet::SiteStore;
use crate::monitoring::models::{Overview, OverviewQuery};
use crate::monitoring::{Acted, AnomalyStore, AssessmentStore};
use crate::testing::anomaly_suite;

impl World {
    /// Raises what is found at these sites, as the detector would.
    async fn raise(&self, numbers: &[i32], kind: AnomalyKind) {
        let changes: Vec<AnomalyChange> = numbers
            .iter()
            .map(|number| AnomalyChange {
                anomaly: Uuid::from_u128(u128::try_from(*number).unwrap()).into(),
                site: (*number).into(),
                at: now(),
                news: AnomalyNews::Raised(anomaly_suite::seen(kind, 0)),
            })
            .collect();
        self.anomalies.record(&changes).await.unwrap();
        self.changed().await;
    }

    async fn act(&self, number: u128, action: Action) {
        let (by, id) = (UserId::from(Uuid::from_u128(1)), Uuid::from_u128(number).into());
        let acted = self.anomalies.act(by, id, now(), &action, None).await.unwrap();
        assert!(matches!(acted, Acted::Done(_)), "{acted:?}");
        self.changed().await;
    }

    /// The version goes up, as it does in one transaction with the change.
    async fn changed(&self) {
        self.store.save(now(), &[], &[]).await.unwrap();
    }

    async fn overview(&self) -> Overview {
        self.monitoring.overview(&person(Role::Ops), &OverviewQuery::default()).await.unwrap()
    }
}

#[tokio::test]
async fn what_was_dismissed_needs_nobody_and_costs_nothing() {
    let world = World::new(LOSSES).await;
    world.raise(&[6], AnomalyKind::Outage).await;
    assert_eq!(world.overview().await.summary.counts.need_action(), 3);

    world.act(6, Action::Dismiss { why: Dismissal::RoofWork, note: None }).await;

    let overview = world.overview().await;
    assert_eq!(world.listed(&OverviewQuery::default()).await, [(1, Some(1)), (4, Some(2))]);
    assert_eq!(overview.summary.lost_per_day[0].amount, Decimal::from(57));
    assert_eq!((overview.summary.counts.need_action(), overview.summary.counts.watch), (2, 1));
    let page = world.monitoring.site(&person(Role::Ops), &"S-6".parse().unwrap()).await.unwrap();
    assert_eq!(page.row.unwrap().assessment.status, Status::OnTrack);
}

#[tokio::test]
async fn what_is_put_off_is_watched_until_its_moment_comes() {
    let world = World::new(LOSSES).await;
    world.raise(&[6], AnomalyKind::Outage).await;
    world.act(6, Action::Snooze { until: now() + SignedDuration::from_hours(2) }).await;

    let during = world.overview().await;
    world.clock.advance(SignedDuration::from_hours(2));
    let after = world.overview().await;

    assert_eq!((during.summary.counts.need_action(), during.summary.counts.watch), (2, 2));
    assert_eq!(after.summary.counts.need_action(), 3, "although nothing was written");
}

#[tokio::test]
async fn planned_work_asks_nobody_to_act_while_it_lasts() {
    let world = World::new(LOSSES).await;
    let window = MaintenanceWindow::new(
        Uuid::from_u128(9).into(),
        MaintenanceScope::Region("south".parse().unwrap()),
        now() + SignedDuration::from_hours(1),
        now() + SignedDuration::from_hours(3),
        "New cables".parse().unwrap(),
    );
    world.anomalies.plan(Uuid::from_u128(1).into(), &window.unwrap()).await.unwrap();
    world.changed().await;

    let mut need = Vec::new();
    for _ in 0..3 {
        need.push(world.overview().await.summary.counts.need_action());
        world.clock.advance(SignedDuration::from_mins(90));
    }

    assert_eq!(need, [3, 0, 3]);
}

#[tokio::test]
async fn sites_of_an_incident_are_one_line_and_counted_once() {
    let world = World::new([50; 6]).await;
    let silent = |number| {
        let mut silent = assessment(number, 50);
        silent.finding.as_mut().unwrap().kind = AnomalyKind::CommGap;
        silent
    };
    let silent: Vec<Assessment> = (1..=5).map(silent).collect();
    world.store.save(now(), &silent, &[]).await.unwrap();

    world.raise(&[1, 2, 3, 4, 5], AnomalyKind::CommGap).await;

    let overview = world.overview().await;
    assert_eq!(overview.rows.iter().map(|row| row.site.id).collect::<Vec<_>>(), [6.into()]);
    let [line] = overview.incidents.as_slice() else { panic!("one incident") };
    assert_eq!((line.place.as_str(), line.rows.len()), ("Fronius", 5));
    assert_eq!(line.money_per_day[0].amount, Decimal::from(250));
    assert_eq!((overview.summary.incidents, overview.summary.single_sites()), (1, 1));
    assert_eq!(overview.summary.lost_per_day[0].amount, Decimal::from(300));
    let elsewhere =
        OverviewQuery { region: Some("north".parse().unwrap()), ..OverviewQuery::default() };
    let elsewhere = world.monitoring.overview(&person(Role::Ops), &elsewhere).await.unwrap();
    assert!(elsewhere.incidents.is_empty());
}

#[tokio::test]
async fn whoever_takes_a_site_has_its_anomalies() {
    let world = World::new(LOSSES).await;
    world.raise(&[6], AnomalyKind::Outage).await;
    let (ops, code) = (person(Role::Ops), "S-6".parse().unwrap());
    let assigned = async || {
        let record = world.anomalies.find(Uuid::from_u128(6).into()).await.unwrap();
        record.unwrap().life.assigned
    };

    world.monitoring.take(&ops, &code, true).await.unwrap();
    world.monitoring.take(&ops, &code, true).await.unwrap();
    let taken = assigned().await;
    world.monitoring.take(&ops, &code, false).await.unwrap();

    assert_eq!(taken, ops.user());
    assert_eq!(assigned().await, None);
}

#[tokio::test]
async fn a_customer_is_told_of_an_incident_in_one_sentence() {
    let world = World::new([50; 6]).await;
    let silent = (1..=6).map(|number| {
        let mut silent = assessment(number, 50);
        silent.finding.as_mut().unwrap().kind = AnomalyKind::CommGap;
        silent
    });
    world.store.save(now(), &silent.collect::<Vec<_>>(), &[]).await.unwrap();
    let customer = person(Role::Customer);
    let (user, system) = (customer.user().unwrap(), Initiator::System);
    world.sites.share(system, 2.into(), user).await.unwrap();
    let told = async || {
        let sites = world.monitoring.own_sites(&customer).await.unwrap();
        sites[0].incident.clone()
    };

    let alone = told().await;
    world.raise(&[1, 2, 3, 4, 5, 6], AnomalyKind::CommGap).await;

    assert_eq!(alone, None);
    assert!(told().await.unwrap().starts_with("We cannot see your system"));
}
