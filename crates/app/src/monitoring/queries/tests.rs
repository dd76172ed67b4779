use std::sync::Arc;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::monitoring::{
    AnomalyKind, Assessment, Finding, NextStep, RegionInterval, Spark, Status,
};
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Currency, Energy, Money, Power};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Monitoring, MonitoringError};
use crate::actor::Actor;
use crate::fleet::SiteStore;
use crate::monitoring::models::{OverviewQuery, OverviewView};
use crate::monitoring::site_list::{SiteSort, SitesQuery};
use crate::monitoring::{AssessmentStore, StandingChange};
use crate::testing::{
    FakeAnomalyStore, FakeAssessmentStore, FakePastStore, FakeReadModels, FakeSiteStore,
    FixedClock, site,
};

pub(super) struct World {
    pub(super) clock: Arc<FixedClock>,
    pub(super) sites: Arc<FakeSiteStore>,
    pub(super) store: Arc<FakeAssessmentStore>,
    pub(super) anomalies: Arc<FakeAnomalyStore>,
    pub(super) past: Arc<FakePastStore>,
    pub(super) monitoring: Monitoring,
}

pub(super) fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

pub(super) fn person(role: Role) -> Actor {
    Actor::User { id: UserId::from(Uuid::from_u128(role as u128 + 1)), role }
}

pub(super) fn assessment(number: i32, euros: i64) -> Assessment {
    let finding = (euros > 0).then(|| Finding {
        kind: if number % 2 == 0 { AnomalyKind::Outage } else { AnomalyKind::StringLoss },
        since: now() - SignedDuration::from_hours(i64::from(number)),
        lost: Energy::from_wh(1_000),
        lost_per_day: Energy::from_wh(euros * 5_000),
        money_per_day: Money { amount: Decimal::from(euros), currency: Currency::Eur },
        cause: "Something is wrong.".to_owned(),
        next_step: NextStep::SendTechnician,
    });
    let status = match euros {
        0 => Status::OnTrack,
        1..5 => Status::Watch,
        5..40 => Status::PlanVisit,
        _ => Status::ActToday,
    };
    Assessment {
        site: number.into(),
        status,
        finding,
        power_now: Some(Power::from_watts(i64::from(number) * 100)),
        expected_now: Some(Power::from_watts(1_000)),
        energy_today: Energy::from_wh(10_000),
        expected_today: Energy::from_wh(12_000),
        last_reading_at: Some(now()),
        spark: Spark { from: now(), actual: vec![Some(1)], expected: vec![1, 2] },
        daily_index: vec![None, Some(99)],
    }
}

impl World {
    /// Sites 1 to 6 that lose so many euros a day.
    pub(super) async fn new(euros: [i64; 6]) -> Self {
        let clock = Arc::new(FixedClock::at(now()));
        let sites = FakeSiteStore::of((1..=6).map(site).collect());
        let store = Arc::new(FakeAssessmentStore::default());
        let assessments: Vec<Assessment> =
            (1..=6).zip(euros).map(|(number, euros)| assessment(number, euros)).collect();
        store.save(now(), &assessments, &[]).await.unwrap();
        let crew = vec![(UserId::from(Uuid::from_u128(1)), "Diana".to_owned())];
        let anomalies = Arc::new(FakeAnomalyStore::of((1..=6).map(site).collect(), crew));
        let past = Arc::new(FakePastStore::default());
        let monitoring = Monitoring::builder()
            .directory(sites.directory().await)
            .read_models(Arc::new(FakeReadModels::default()))
            .assessments(Arc::clone(&store) as _)
            .past(Arc::clone(&past) as _)
            .anomalies(Arc::clone(&anomalies) as _)
            .clock(Arc::clone(&clock) as _)
            .build();
        Self { clock, sites, store, anomalies, past, monitoring }
    }

    pub(super) async fn listed(&self, query: &OverviewQuery) -> Vec<(i32, Option<usize>)> {
        let overview = self.monitoring.overview(&person(Role::Ops), query).await.unwrap();
        overview.rows.iter().map(|row| (row.site.id.into(), row.rank)).collect()
    }
}

pub(super) const LOSSES: [i64; 6] = [50, 0, 3, 7, 0, 100];

#[tokio::test]
async fn what_needs_action_is_ranked_by_money() {
    let world = World::new(LOSSES).await;

    let overview =
        world.monitoring.overview(&person(Role::Ops), &OverviewQuery::default()).await.unwrap();

    let ranked: Vec<i32> = overview.rows.iter().map(|row| row.site.id.into()).collect();
    assert_eq!(ranked, [6, 1, 4]);
    assert_eq!(overview.summary.counts.need_action(), 3);
    assert_eq!(overview.summary.lost_per_day[0].amount, Decimal::from(157));
    assert_eq!(overview.summary.watch_per_day[0].amount, Decimal::from(3));
    assert_eq!(overview.summary.lost_energy_per_day, Energy::from_wh(157 * 5_000));
    assert_eq!(overview.summary.power_now, Power::from_watts(2_100));
    assert_eq!(overview.watch.len(), 1);
    assert_eq!(overview.regions[0].counts.total(), 6);
    assert_eq!(overview.marks[0][0], Status::ActToday);
    assert_eq!((overview.matching, overview.moved), (3, 0));
}

#[tokio::test]
async fn filters_and_search_narrow_the_list() {
    let world = World::new(LOSSES).await;
    let query = OverviewQuery::default;

    let watch = OverviewQuery { view: OverviewView::Watch, ..query() };
    assert_eq!(world.listed(&watch).await, [(3, Some(1))]);
    let kind = OverviewQuery { kind: Some(AnomalyKind::StringLoss), ..query() };
    assert_eq!(world.listed(&kind).await, [(1, Some(1))]);
    let text = OverviewQuery { text: Some("  CUSTOMER 4".to_owned()), ..query() };
    assert_eq!(world.listed(&text).await, [(4, Some(1))]);
    let elsewhere = OverviewQuery { region: Some("north".parse().unwrap()), ..query() };
    assert_eq!(world.listed(&elsewhere).await, []);
    let few = OverviewQuery { limit: 1, ..query() };
    assert_eq!(world.listed(&few).await, [(6, Some(1))]);
}

#[tokio::test]
async fn rows_keep_the_order_before_the_reader() {
    let world = World::new(LOSSES).await;
    let order = vec![6.into(), 1.into(), 4.into()];
    world
        .store
        .save(now(), &[assessment(4, 500), assessment(1, 0), assessment(2, 45)], &[])
        .await
        .unwrap();

    let query = OverviewQuery { order, ..OverviewQuery::default() };

    let rows = world.listed(&query).await;
    assert_eq!(rows, [(6, Some(2)), (1, None), (4, Some(1)), (2, Some(3))]);
}

#[tokio::test]
async fn what_changed_is_read_once() {
    let world = World::new(LOSSES).await;
    for _ in 0..5 {
        world.listed(&OverviewQuery::default()).await;
    }
    assert_eq!(world.store.reads(), LOSSES.len(), "every site, once");

    world.store.save(now(), &[assessment(5, 9)], &[]).await.unwrap();
    for _ in 0..5 {
        assert_eq!(world.listed(&OverviewQuery::default()).await.len(), 4);
    }
    assert_eq!(world.store.reads(), LOSSES.len() + 1, "the one that changed, once");

    world.clock.advance(SignedDuration::from_hours(24));
    world.listed(&OverviewQuery::default()).await;
    assert_eq!(world.store.reads(), LOSSES.len() + 1, "a new day changes no site");
}

#[tokio::test]
async fn a_site_back_on_track_leaves_the_list() {
    let world = World::new(LOSSES).await;
    let fine = assessment(6, 0);
    let before = world.listed(&OverviewQuery::default()).await;

    world.store.save(now(), &[fine], &[]).await.unwrap();

    let after = world.listed(&OverviewQuery::default()).await;
    assert!(before.iter().any(|(site, _)| *site == 6));
    assert!(!after.iter().any(|(site, _)| *site == 6), "{after:?}");
    assert_eq!(after.len(), before.len() - 1);
}

#[tokio::test]
async fn todays_curve_ends_where_readings_do() {
    let world = World::new(LOSSES).await;
    let interval = |text: &str| Interval::containing(text.parse().unwrap());
    let region = |starts: &str, sites| RegionInterval {
        region: "south".parse().unwrap(),
        interval: interval(starts),
        clearness: None,
        sites,
        actual: Energy::from_wh(1_000),
        expected: Energy::from_wh(2_000),
    };
    let saved = [
        region("2026-06-12T08:15:00Z", 6),
        region("2026-06-12T08:30:00Z", 2),
        region("2026-06-12T12:00:00Z", 0),
    ];
    world.store.save_region_intervals(&saved).await.unwrap();

    let overview =
        world.monitoring.overview(&person(Role::Ops), &OverviewQuery::default()).await.unwrap();

    let actual: Vec<Option<i64>> =
        overview.fleet.iter().map(|point| point.actual.map(Power::watts)).collect();
    assert_eq!(actual, [Some(4_000), None, None]);
    assert!(overview.fleet.iter().all(|point| point.expected == Power::from_watts(8_000)));
}

#[tokio::test]
async fn the_list_of_sites_sorts_and_pages() {
    let world = World::new(LOSSES).await;
    let ids = async |query: SitesQuery| {
        let page = world.monitoring.sites(&person(Role::Cs), &query).await.unwrap();
        page.sites.iter().map(|row| i32::from(row.site.id)).collect::<Vec<_>>()
    };

    assert_eq!(ids(SitesQuery::default()).await, [6, 1, 4, 3, 2, 5]);
    let name = SitesQuery { sort: SiteSort::Name, descending: true, ..SitesQuery::default() };
    assert_eq!(ids(name).await, [6, 5, 4, 3, 2, 1]);
    let index = SitesQuery { sort: SiteSort::Index, ..SitesQuery::default() };
    assert_eq!(ids(index).await, [1, 2, 3, 4, 5, 6]);
    let on_track = SitesQuery { status: Some(Status::OnTrack), ..SitesQuery::default() };
    assert_eq!(ids(on_track).await, [2, 5]);
    let beyond = SitesQuery { page: 9, ..SitesQuery::default() };
    assert_eq!(ids(beyond).await.len(), 6, "beyond the last page is the last page");
}

#[tokio::test]
async fn each_role_sees_what_it_may() {
    let world = World::new(LOSSES).await;
    let code = "S-1".parse().unwrap();
    let (ops, cs, customer) = (person(Role::Ops), person(Role::Cs), person(Role::Customer));
    let token = Actor::Token { id: Uuid::nil().into(), scopes: Vec::new() };
    let overview = OverviewQuery::default();

    for actor in [&cs, &customer, &token] {
        let refused = world.monitoring.overview(actor, &overview).await.unwrap_err();
        assert!(matches!(refused, MonitoringError::Denied(_)), "{actor:?}");
        let refused = world.monitoring.take(actor, &code, true).await.unwrap_err();
        assert!(matches!(refused, MonitoringError::Denied(_)), "{actor:?}");
    }
    assert!(world.monitoring.site(&cs, &code).await.is_ok());
    assert!(matches!(
        world.monitoring.site(&token, &code).await.unwrap_err(),
        MonitoringError::Denied(_)
    ));
    assert!(matches!(
        world.monitoring.own_sites(&ops).await.unwrap_err(),
        MonitoringError::Denied(_)
    ));
    let unknown = "S-99".parse().unwrap();
    assert!(matches!(
        world.monitoring.site(&ops, &unknown).await.unwrap_err(),
        MonitoringError::NoSuchSite
    ));
}

#[tokio::test]
async fn a_customer_knows_of_no_site_but_their_own() {
    let world = World::new(LOSSES).await;
    let customer = person(Role::Customer);
    let user = customer.user().unwrap();
    world.sites.share(Initiator::System, 2.into(), user).await.unwrap();
    let (own, other) = ("S-2".parse().unwrap(), "S-1".parse().unwrap());

    assert_eq!(world.monitoring.site(&customer, &own).await.unwrap().site.id, SiteId::from(2));
    let day = jiff::civil::date(2026, 6, 12);
    assert!(world.monitoring.curve(&customer, &own, day, day).await.is_ok());
    assert!(world.monitoring.readings(&customer, &own, now(), now(), 5).await.is_ok());
    for error in [
        world.monitoring.site(&customer, &other).await.map(drop).unwrap_err(),
        world.monitoring.curve(&customer, &other, day, day).await.map(drop).unwrap_err(),
        world.monitoring.readings(&customer, &other, now(), now(), 5).await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(error, MonitoringError::NoSuchSite));
    }
    let sites = world.monitoring.own_sites(&customer).await.unwrap();
    assert_eq!(sites.len(), 1);
    assert_eq!(sites[0].row.site.id, SiteId::from(2));
    assert!(world.monitoring.own_site(&customer, &own).await.unwrap().1.is_some());
    let refused = world.monitoring.own_site(&customer, &other).await.map(drop).unwrap_err();
    assert!(matches!(refused, MonitoringError::NoSuchSite));
}

#[tokio::test]
async fn a_curve_spans_at_most_a_month_and_has_its_band() {
    let world = World::new(LOSSES).await;
    let from = jiff::civil::date(2026, 6, 1);
    let to = jiff::civil::date(2026, 12, 31);

    let curve = world
        .monitoring
        .curve(&person(Role::Ops), &"S-1".parse().unwrap(), from, to)
        .await
        .unwrap();

    assert_eq!(curve.points.len(), 31 * 96);
    assert!(curve.points.iter().all(|p| p.low <= p.expected && p.expected <= p.high));
    assert!(curve.points.iter().any(|p| p.expected > Power::from_watts(5_000)));
    assert!(curve.points.iter().all(|p| p.actual.is_none()));
}

#[tokio::test]
async fn who_takes_a_site_finds_it_among_theirs() {
    let world = World::new(LOSSES).await;
    let ops = person(Role::Ops);
    let mine = OverviewQuery { view: OverviewView::Mine, ..OverviewQuery::default() };

    world.monitoring.take(&ops, &"S-6".parse().unwrap(), true).await.unwrap();
    assert_eq!(world.listed(&mine).await, [(6, Some(1))]);

    world.monitoring.take(&ops, &"S-6".parse().unwrap(), false).await.unwrap();
    assert_eq!(world.listed(&mine).await, []);
}

#[tokio::test]
async fn events_name_their_site() {
    let world = World::new(LOSSES).await;
    let change = StandingChange {
        at: now(),
        site: 6.into(),
        status: Status::ActToday,
        text: "is off since 09:10".to_owned(),
    };
    world.store.save(now(), &[], &[change]).await.unwrap();

    let overview =
        world.monitoring.overview(&person(Role::Ops), &OverviewQuery::default()).await.unwrap();

    assert_eq!(overview.events[0].site.code.as_str(), "S-6");
    assert_eq!(overview.events[0].text, "is off since 09:10");
}
