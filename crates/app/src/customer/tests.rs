use std::sync::Arc;

use greengrid_domain::customer::{HistorySpan, SelfUse};
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::IntervalActual;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::Energy;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{BucketStart, HistoryQuery, OwnSiteError, OwnSites, StateAssumptions};
use crate::actor::Actor;
use crate::fleet::SiteStore;
use crate::monitoring::Monitoring;
use crate::testing::{
    FakeAnomalyStore, FakeAssessmentStore, FakeHistoryStore, FakePastStore, FakeReadModels,
    FakeSiteStore, FixedClock, site,
};

struct World {
    sites: OwnSites,
    store: Arc<FakeHistoryStore>,
    read_models: Arc<FakeReadModels>,
    owner: Actor,
}

/// Site 7 near Munich with an owner, at an instant.
async fn world(now: &str) -> World {
    let kept = FakeSiteStore::of(vec![site(7), site(8)]);
    let owner = Uuid::from_u128(1).into();
    kept.share(Initiator::System, 7.into(), owner).await.unwrap();
    let clock = Arc::new(FixedClock::at(now.parse().unwrap()));
    let read_models = Arc::new(FakeReadModels::default());
    let directory = kept.directory().await;
    let monitoring = Monitoring::builder()
        .directory(directory.clone())
        .read_models(read_models.clone())
        .assessments(Arc::new(FakeAssessmentStore::default()))
        .past(Arc::new(FakePastStore::default()))
        .anomalies(Arc::new(FakeAnomalyStore::of(vec![site(7), site(8)], Vec::new())))
        .clock(clock.clone())
        .build();
    let store = Arc::new(FakeHistoryStore::default());
    let sites = OwnSites::builder()
        .monitoring(monitoring)
        .directory(directory)
        .read_models(read_models.clone())
        .store(store.clone())
        .clock(clock)
        .build();
    World { sites, store, read_models, owner: Actor::User { id: owner, role: Role::Customer } }
}

impl World {
    /// Every day from one to another makes so many kWh.
    fn made(&self, from: Date, to: Date, kwh: i64) {
        for day in from.series(1.day()).take_while(|day| *day <= to) {
            self.store.put(7.into(), day, Energy::from_wh(kwh * 1000), None);
        }
    }

    async fn history(&self, span: HistorySpan, at: Option<Date>) -> super::History {
        let query = HistoryQuery { span, at };
        self.sites.history(&self.owner, &"S-7".parse().unwrap(), query).await.unwrap().1
    }
}

#[tokio::test]
async fn a_month_is_compared_over_the_days_that_both_years_know() {
    let world = world("2026-06-12T08:00:00Z").await;
    world.made(date(2025, 6, 4), date(2025, 6, 30), 30);
    world.made(date(2026, 6, 1), date(2026, 6, 12), 33);

    let june = world.history(HistorySpan::Month, None).await;

    assert_eq!(june.buckets.len(), 30);
    assert_eq!(june.made, Energy::from_wh(12 * 33_000));
    let compared = june.comparison.unwrap();
    // From the 4th, and without the day that goes on.
    assert_eq!(compared.days, 8);
    assert_eq!(compared.made.wh(), 8 * 33_000);
    assert_eq!(compared.year_before.wh(), 8 * 30_000);
    assert_eq!(june.buckets[0].year_before, None);
    assert!(june.buckets[11].open && !june.buckets[10].open);
}

#[tokio::test]
async fn a_year_and_a_lifetime_say_which_days_they_do_not_know() {
    let world = world("2026-03-10T08:00:00Z").await;
    world.made(date(2025, 12, 20), date(2026, 1, 20), 10);
    world.made(date(2026, 3, 1), date(2026, 3, 10), 10);

    let year = world.history(HistorySpan::Year, None).await;
    let lifetime = world.history(HistorySpan::Lifetime, None).await;

    let missing: Vec<i32> = year.buckets.iter().map(|bucket| bucket.missing_days).collect();
    assert_eq!(missing, [11, 28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(year.buckets[1].made, None);
    let starts: Vec<BucketStart> = lifetime.buckets.iter().map(|bucket| bucket.start).collect();
    assert_eq!(starts, [BucketStart::Year(2025), BucketStart::Year(2026)]);
    assert_eq!(lifetime.buckets.iter().map(|year| year.missing_days).sum::<i32>(), 39);
    assert_eq!(lifetime.made, Energy::from_wh(42 * 10_000));
}

#[tokio::test]
async fn days_of_the_clock_change_have_their_own_hours() {
    for (day, hours) in [(date(2026, 3, 29), 23), (date(2025, 10, 26), 25), (date(2026, 3, 28), 24)]
    {
        let world = world("2026-06-12T08:00:00Z").await;
        world.made(date(2025, 1, 1), date(2026, 6, 12), 1);
        let zone = site(7).details.zone;
        for interval in zone.intervals_of(day) {
            let energy = Energy::from_wh(100);
            let actual =
                IntervalActual::builder().interval(interval).energy(energy).covered_s(900).build();
            world.read_models.put(7.into(), actual);
        }

        let told = world.history(HistorySpan::Day, Some(day)).await;

        assert_eq!(told.buckets.len(), hours, "{day}");
        assert!(told.buckets.iter().all(|hour| hour.made == Some(Energy::from_wh(400))));
        let BucketStart::Hour(first) = told.buckets[0].start else { panic!("{day}") };
        assert_eq!(first, zone.start_of(day));
    }
}

#[tokio::test]
async fn a_day_that_is_not_there_yet_is_today() {
    let world = world("2026-06-12T08:00:00Z").await;
    world.made(date(2026, 6, 1), date(2026, 6, 12), 10);

    let future = world.history(HistorySpan::Day, Some(date(2031, 1, 1))).await;
    let past = world.history(HistorySpan::Day, Some(date(1931, 1, 1))).await;

    assert_eq!(future.period.from, date(2026, 6, 12));
    assert_eq!(past.period.from, date(2026, 6, 1));
}

#[tokio::test]
async fn what_belongs_to_others_is_not_there() {
    let world = world("2026-06-12T08:00:00Z").await;
    let other = "S-8".parse().unwrap();
    let query = HistoryQuery::default();
    let stated = StateAssumptions {
        bought: Decimal::new(3, 1),
        fed_in: Decimal::new(8, 2),
        self_use_percent: 30,
    };

    for refused in [
        world.sites.history(&world.owner, &other, query).await.map(drop).unwrap_err(),
        world.sites.page(&world.owner, &other, query).await.map(drop).unwrap_err(),
        world.sites.state_assumptions(&world.owner, &other, stated).await.unwrap_err(),
    ] {
        assert!(matches!(refused, OwnSiteError::NoSuchSite), "{refused:?}");
    }
    let ops = Actor::User { id: Uuid::from_u128(1).into(), role: Role::Ops };
    let refused = world.sites.list(&ops).await.map(drop).unwrap_err();
    assert!(matches!(refused, OwnSiteError::Denied(_)));
}

#[test]
fn a_meter_speaks_for_the_days_on_which_it_counted() {
    use greengrid_domain::customer::Assumptions;
    use greengrid_domain::units::Price;

    let month = super::HistoryMonth {
        first: date(2026, 5, 1),
        energy: Energy::from_wh(900_000),
        days: 31,
        metered: Energy::from_wh(100_000),
        fed_in: Energy::from_wh(60_000),
        span: (date(2026, 5, 1), date(2026, 5, 31)),
    };

    let worth = super::service::worth(&Assumptions::usual(Price::default()), &[month].iter());

    assert_eq!(worth.worth.self_use, SelfUse::Measured(400));
}
