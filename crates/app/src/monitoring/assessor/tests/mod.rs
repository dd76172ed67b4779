mod past;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use greengrid_domain::fleet::{Device, DeviceKind, Site, SiteId};
use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel, Sky};
use greengrid_domain::monitoring::{AnomalyKind, Baseline, IntervalActual, Status};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Power};
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp, ToSpan};

use uuid::Uuid;

use super::Assessor;
use crate::ids::Ids;
use crate::monitoring::{AnomalyStore, AssessmentStore, DeviceStanding, ReadModels};
use crate::testing::{
    FakeAnomalyStore, FakeAssessmentStore, FakeReadModels, FakeSiteStore, FixedClock, site,
};

/// Six sites under one sky that gets cloudy around noon, on 12 June at 10:40.
struct World {
    clock: Arc<FixedClock>,
    sites: Arc<FakeSiteStore>,
    read_models: Arc<FakeReadModels>,
    store: Arc<FakeAssessmentStore>,
    anomalies: Arc<FakeAnomalyStore>,
    assessor: Assessor,
}

/// Past days with readings, before the window.
const PAST_DAYS: i64 = 20;

/// Ids one after the other.
#[derive(Default)]
struct Counting(AtomicU64);

impl Ids for Counting {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(0, self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// An assessor of these sites.
async fn assessor(
    sites: &Arc<FakeSiteStore>,
    read_models: &Arc<FakeReadModels>,
    store: &Arc<FakeAssessmentStore>,
    anomalies: &Arc<FakeAnomalyStore>,
    clock: &Arc<FixedClock>,
) -> Assessor {
    Assessor::builder()
        .directory(sites.directory().await)
        .read_models(Arc::clone(read_models) as _)
        .assessments(Arc::clone(store) as _)
        .anomalies(Arc::clone(anomalies) as _)
        .clock(Arc::clone(clock) as _)
        .ids(Arc::new(Counting::default()))
        .build()
}

const TODAY: Date = date(2026, 6, 12);

fn at(local: &str) -> Timestamp {
    format!("2026-06-{local}+02:00").parse().unwrap()
}

fn sky(interval: Interval) -> f64 {
    [1.0, 0.95, 0.9, 0.5, 0.7][usize::try_from(interval.index().div_euclid(6) % 5).unwrap()]
}

/// What a site gives in an interval when all is well.
fn healthy(number: i32, interval: Interval) -> f64 {
    let details = site(number).details;
    let gain = 0.8 + 0.02 * f64::from(number);
    let model = SiteModel::new(&details, Baseline { gain, ..Baseline::untrained(number.into()) });
    let clear = model.clear_sky(&IntervalSun::of(interval));
    let told = Sky::Told { clearness: sky(interval), change: 0.0, spread: 0.02, sites: 6 };
    model.expected(clear, told).wh
}

fn actual(interval: Interval, wh: f64) -> IntervalActual {
    let energy = Energy::from_wh_rounded(wh);
    IntervalActual::builder().interval(interval).energy(energy).covered_s(900).build()
}

impl World {
    /// Sites 1 to 6; `share` tells how much of its power a site gives.
    async fn new(share: impl Fn(i32, Interval) -> f64) -> Self {
        Self::of((1..=6).map(site).collect(), share).await
    }

    /// The same with six sites that are given.
    async fn of(sites: Vec<Site>, share: impl Fn(i32, Interval) -> f64) -> Self {
        let clock = Arc::new(FixedClock::at(at("12T10:40:00")));
        let sites = FakeSiteStore::of(sites);
        let read_models = Arc::new(FakeReadModels::default());
        let store = Arc::new(FakeAssessmentStore::default());
        let anomalies = Arc::new(FakeAnomalyStore::of((1..=6).map(site).collect(), Vec::new()));
        let assessor = assessor(&sites, &read_models, &store, &anomalies, &clock).await;
        let world = Self { clock, sites, read_models, store, anomalies, assessor };
        for number in 1..=6 {
            world.live_through(number, at("10T00:00:00"), at("12T10:30:00"), &share);
        }
        world
    }

    /// The same with days before, that wait to be summed up.
    async fn with_past(share: impl Fn(i32, Interval) -> f64) -> Self {
        let world = Self::new(&share).await;
        let south = site(1).details.region;
        let mut due = Vec::new();
        for back in 3..=PAST_DAYS {
            let day = TODAY.saturating_sub(back.days());
            let start = site(1).details.zone.start_of(day);
            for number in 1..=6 {
                world.live_through(number, start, start + SignedDuration::from_hours(24), &share);
            }
            due.push((south.clone(), day));
        }
        for back in 0..3 {
            due.push((south.clone(), TODAY.saturating_sub(back.days())));
        }
        world.store.put_due(&due).await.unwrap();
        world
    }

    async fn another_start(&self) -> Assessor {
        assessor(&self.sites, &self.read_models, &self.store, &self.anomalies, &self.clock).await
    }

    fn live_through(
        &self,
        number: i32,
        from: Timestamp,
        to: Timestamp,
        share: impl Fn(i32, Interval) -> f64,
    ) -> Vec<(SiteId, Interval)> {
        Interval::containing(from)
            .until(Interval::containing(to))
            .filter_map(|interval| {
                let wh = healthy(number, interval);
                (wh > 0.0).then(|| {
                    let wh = wh * share(number, interval);
                    self.read_models.put(number.into(), actual(interval, wh));
                    (number.into(), interval)
                })
            })
            .collect()
    }

    async fn status(&self, number: i32) -> (Status, Option<AnomalyKind>) {
        let stored = self.store.of_sites(&[number.into()]).await.unwrap();
        let assessment = &stored.first().expect("assessed").assessment;
        (assessment.status, assessment.finding.as_ref().map(|finding| finding.kind))
    }

    async fn texts(&self) -> Vec<(SiteId, String)> {
        let changes = self.store.changes(100).await.unwrap();
        changes.into_iter().map(|change| (change.site, change.text)).collect()
    }
}

const fn all(_: i32, _: Interval) -> f64 {
    1.0
}

#[tokio::test]
async fn healthy_sites_under_a_changing_sky_are_on_track() {
    let world = World::with_past(all).await;
    world.assessor.prepare().await.unwrap();

    let written = world.assessor.assess().await.unwrap();

    assert_eq!(written.len(), 6);
    for number in 1..=6 {
        assert_eq!(world.status(number).await, (Status::OnTrack, None), "{number}");
    }
    assert!(world.texts().await.is_empty());
}

#[tokio::test]
async fn without_any_training_healthy_sites_are_on_track_too() {
    let world = World::new(all).await;

    world.assessor.assess().await.unwrap();

    for number in 1..=6 {
        assert_eq!(world.status(number).await, (Status::OnTrack, None), "{number}");
    }
}

#[tokio::test]
async fn a_site_of_unknown_capacity_is_compared_with_nothing_until_it_has_shown_what_it_can() {
    let mut sites: Vec<Site> = (1..=6).map(site).collect();
    sites[2].details.assumed.capacity = true;
    let world = World::of(sites, all).await;

    world.assessor.assess().await.unwrap();

    for number in 1..=6 {
        let stored = world.store.of_sites(&[number.into()]).await.unwrap();
        let assessment = &stored.first().expect("assessed").assessment;
        assert!(assessment.power_now.is_some(), "{number}");
        assert_eq!(assessment.expected_now.is_some(), number != 3, "{number}");
        assert_eq!(assessment.expected_today > Energy::ZERO, number != 3, "{number}");
    }
}

#[tokio::test]
async fn gains_are_learned_from_days_and_kept_with_them() {
    let world = World::with_past(all).await;

    world.assessor.prepare().await.unwrap();

    let learned = world.store.baselines(&[1.into(), 6.into()]).await.unwrap();
    let ratio = learned[1].gain / learned[0].gain;
    assert!((ratio - 0.92 / 0.82).abs() < 0.04, "{ratio}");
    assert!(learned.iter().all(|baseline| baseline.confidence > 0.6 && baseline.version > 0));
    let days = world.store.days(&[1.into()], at("01T00:00:00")).await.unwrap();
    assert!(days.len() >= 10, "{}", days.len());
}

#[tokio::test]
async fn a_reading_that_comes_in_changes_the_standing_at_once() {
    let off = |number, interval: Interval| {
        if number == 3 && interval.start() >= at("12T09:00:00") { 0.0 } else { 1.0 }
    };
    let world = World::new(off).await;
    world.assessor.assess().await.unwrap();
    assert_eq!(world.status(3).await, (Status::ActToday, Some(AnomalyKind::Outage)));

    let touched = world.live_through(3, at("12T10:00:00"), at("12T10:30:00"), all);
    world.assessor.touched(&touched);
    let written = world.assessor.assess().await.unwrap();

    assert_eq!(written, [SiteId::from(3)]);
    assert_eq!(world.status(3).await, (Status::OnTrack, None));
    assert_eq!(
        world.texts().await,
        [(3.into(), "produces again".to_owned()), (3.into(), "is off since 09:00".to_owned())]
    );
}

#[tokio::test]
async fn readings_from_before_the_window_tell_that_a_site_was_heard_of() {
    let store = Arc::new(FakeAssessmentStore::default());
    let assessor = assessor(
        &FakeSiteStore::of(vec![site(7)]),
        &Arc::new(FakeReadModels::default()),
        &store,
        &Arc::new(FakeAnomalyStore::of(vec![site(7)], Vec::new())),
        &Arc::new(FixedClock::at(at("12T10:40:00"))),
    )
    .await;
    assessor.assess().await.unwrap();
    let long_ago = Interval::containing(at("01T12:00:00"));

    assessor.touched(&[(7.into(), long_ago.offset(-8)), (7.into(), long_ago)]);
    assessor.assess().await.unwrap();

    let stored = store.of_sites(&[7.into()]).await.unwrap();
    assert_eq!(stored[0].assessment.last_reading_at, Some(long_ago.start()));
}

#[tokio::test]
async fn silence_is_noticed_when_the_clock_moves() {
    let world = World::new(all).await;
    world.assessor.assess().await.unwrap();
    assert!(world.assessor.assess().await.unwrap().is_empty(), "nothing new in the same minute");

    for number in [1, 2, 3, 4, 6] {
        let touched = world.live_through(number, at("12T10:30:00"), at("12T11:45:00"), all);
        world.assessor.touched(&touched);
    }
    world.clock.advance(SignedDuration::from_mins(70));
    world.assessor.assess().await.unwrap();

    assert_eq!(world.status(5).await, (Status::NoData, Some(AnomalyKind::CommGap)));
    assert_eq!(world.status(4).await, (Status::OnTrack, None));
}

#[tokio::test]
async fn what_could_not_be_saved_is_judged_again() {
    let world = World::new(all).await;
    world.assessor.assess().await.unwrap();
    let touched = world.live_through(2, at("12T09:00:00"), at("12T10:30:00"), |_, _| 0.0);

    world.store.fail(true);
    world.assessor.touched(&touched);
    assert!(world.assessor.assess().await.unwrap_err().is_busy());
    world.store.fail(false);

    assert_eq!(world.assessor.assess().await.unwrap(), [SiteId::from(2)]);
    assert_eq!(world.status(2).await, (Status::ActToday, Some(AnomalyKind::Outage)));
}

#[tokio::test]
async fn a_start_continues_where_the_last_one_ended() {
    let off = |number, _: Interval| if number == 1 { 0.0 } else { 1.0 };
    let world = World::new(off).await;
    world.assessor.assess().await.unwrap();
    let before = world.texts().await;

    let again = world.another_start().await;
    again.prepare().await.unwrap();
    again.assess().await.unwrap();

    assert_eq!(world.texts().await, before, "nothing is told twice");
    assert_eq!(world.anomalies.active().await.unwrap().len(), 1, "it goes on with the same one");
    assert_eq!(world.status(1).await, (Status::ActToday, Some(AnomalyKind::Outage)));
}

#[tokio::test]
async fn the_inverter_that_is_off_is_named() {
    let quarter = |number, interval: Interval| {
        if number == 4 && interval.start() >= at("11T13:00:00") { 0.75 } else { 1.0 }
    };
    let world = World::with_past(quarter).await;
    for id in 1..=4 {
        let device = Device {
            id: id.into(),
            site: 4.into(),
            kind: DeviceKind::Inverter,
            serial: format!("A{id}").parse().unwrap(),
            model: None,
        };
        world.sites.add_device(device.clone());
        let standing = DeviceStanding {
            device: Some(device),
            measured_at: Some(at("12T10:25:00")),
            power: Some(Power::from_watts(if id == 2 { 0 } else { 1_500 })),
            temperature_c: None,
            status_code: None,
            quality: None,
        };
        world.read_models.put_device(4.into(), standing);
    }
    let assessor = world.another_start().await;
    assessor.prepare().await.unwrap();

    assessor.assess().await.unwrap();

    let stored = world.store.of_sites(&[4.into()]).await.unwrap();
    let finding = stored[0].assessment.finding.as_ref().unwrap();
    assert_eq!(finding.kind, AnomalyKind::StringLoss);
    assert_eq!(finding.cause, "Inverter 2 of 4 is off. The other three are normal.");
}

#[tokio::test]
async fn a_new_day_moves_the_window() {
    let world = World::new(all).await;
    world.assessor.assess().await.unwrap();
    for number in 1..=6 {
        let touched = world.live_through(number, at("12T10:30:00"), at("13T09:00:00"), all);
        world.assessor.touched(&touched);
    }

    world.clock.advance(SignedDuration::from_hours(22) + SignedDuration::from_mins(30));
    world.assessor.assess().await.unwrap();

    assert_eq!(world.status(1).await, (Status::OnTrack, None));
    let stored = world.store.of_sites(&[1.into()]).await.unwrap();
    assert_eq!(stored[0].assessment.spark.from, at("11T00:00:00"));
    let closed = world.store.days(&[1.into()], at("12T00:00:00")).await.unwrap();
    assert_eq!(closed.last().map(|(_, day)| day.day), Some(TODAY), "the day is summed up");
    let read = world
        .read_models
        .intervals(
            &[1.into()],
            Interval::containing(at("13T00:00:00")),
            Interval::containing(at("13T09:00:00")),
        )
        .await
        .unwrap();
    let today: i64 = read.iter().map(|(_, actual)| actual.energy.wh()).sum();
    assert_eq!(stored[0].assessment.energy_today.wh(), today);
}
