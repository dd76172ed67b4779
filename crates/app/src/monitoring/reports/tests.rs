use std::sync::Arc;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::Role;
use greengrid_domain::monitoring::alert::AlertChange;
use greengrid_domain::monitoring::{AnomalyKind, Assessment, Finding, NextStep, Spark, Status};
use greengrid_domain::units::{Currency, Energy, Money};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::*;
use crate::actor::Actor;
use crate::clock::Clock as _;
use crate::monitoring::handover::{AlertDeed, Handovers};
use crate::monitoring::{AssessmentStore, Monitoring};
use crate::testing::{
    FakeAnomalyStore, FakeAssessmentStore, FakeHandoverStore, FakePastStore, FakeReadModels,
    FakeReportPress, FakeReportStore, FakeSiteStore, FakeStuckCases, FixedClock, site,
};

/// Half past six at the sites, which are in Berlin.
fn morning() -> Timestamp {
    "2026-06-12T04:30:00Z".parse().unwrap()
}

fn loses(number: i32, euros: i64) -> Assessment {
    let finding = (euros > 0).then(|| Finding {
        kind: AnomalyKind::Outage,
        since: morning(),
        lost: Energy::ZERO,
        lost_per_day: Energy::from_wh(euros * 1_000),
        money_per_day: Money { amount: Decimal::from(euros), currency: Currency::Eur },
        cause: "The inverter is off.".to_owned(),
        next_step: NextStep::SendTechnician,
    });
    Assessment {
        site: SiteId::from(number),
        status: if euros > 0 { Status::ActToday } else { Status::OnTrack },
        finding,
        power_now: None,
        expected_now: None,
        energy_today: Energy::ZERO,
        expected_today: Energy::ZERO,
        last_reading_at: None,
        spark: Spark { from: morning(), actual: vec![], expected: vec![] },
        daily_index: vec![],
    }
}

fn waits_for_its_installer() -> StuckCase {
    StuckCase {
        case: uuid::Uuid::from_u128(7).into(),
        number: "S-1004".to_owned(),
        name: "Weir Cottage".to_owned(),
        reason: "the installer is on holiday".to_owned(),
        since: morning() - SignedDuration::from_hours(50),
    }
}

struct World {
    clock: Arc<FixedClock>,
    assessments: Arc<FakeAssessmentStore>,
    store: Arc<FakeReportStore>,
    reports: Reports,
}

impl World {
    async fn at(now: Timestamp) -> Self {
        let clock = Arc::new(FixedClock::at(now));
        let sites = || (1..=3).map(site).collect::<Vec<_>>();
        let directory = FakeSiteStore::of(sites()).directory().await;
        let assessments = Arc::new(FakeAssessmentStore::default());
        let monitoring = Monitoring::builder()
            .directory(directory.clone())
            .read_models(Arc::new(FakeReadModels::default()))
            .assessments(Arc::clone(&assessments) as _)
            .past(Arc::new(FakePastStore::default()))
            .anomalies(Arc::new(FakeAnomalyStore::of(sites(), Vec::new())))
            .clock(Arc::clone(&clock) as _)
            .build();
        let readers =
            vec!["diana@example.org".parse().unwrap(), "rui@example.org".parse().unwrap()];
        let store = Arc::new(FakeReportStore::read_by(readers));
        let deed = |at| AlertDeed {
            at,
            event: AlertChange::RuleMade,
            what: "Outages".to_owned(),
            why: None,
            by: None,
        };
        let deeds = [-25, -3, 20].map(|hours| deed(morning() + SignedDuration::from_hours(hours)));
        let handovers = Handovers::builder()
            .monitoring(monitoring.clone())
            .store(Arc::new(FakeHandoverStore::of(deeds.into())))
            .reports(Arc::clone(&store) as _)
            .build();
        let reports = Reports::builder()
            .directory(directory)
            .monitoring(monitoring)
            .handovers(handovers)
            .store(Arc::clone(&store) as _)
            .press(Arc::new(FakeReportPress))
            .onboarding(Arc::new(FakeStuckCases(vec![waits_for_its_installer()])))
            .build();
        Self { clock, assessments, store, reports }
    }

    async fn judge(&self, euros: [i64; 3]) {
        let judged: Vec<Assessment> =
            (1..=3).zip(euros).map(|(number, euros)| loses(number, euros)).collect();
        self.assessments.save(morning(), &judged, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn at_half_past_six_each_reader_has_one_letter_of_the_region() {
    let world = World::at(morning() - SignedDuration::from_secs(1)).await;
    world.judge([0, 5, 70]).await;
    // The night before, the report of yesterday is no news any more.
    assert_eq!(world.reports.write_due().await.unwrap(), 0);
    world.clock.advance(SignedDuration::from_secs(1));

    assert_eq!(world.reports.write_due().await.unwrap(), 1);
    assert_eq!(world.reports.write_due().await.unwrap(), 0);

    let report = world.store.reports().remove(0);
    assert_eq!((report.day, report.is_late()), (date(2026, 6, 12), false));
    assert_eq!(report.lines.len(), 2);
    assert_eq!(report.stuck, [waits_for_its_installer()]);
    assert_eq!(report.lines[0].money_per_day.amount, Decimal::from(70));
    assert_eq!(report.money_per_day[0].amount, Decimal::from(75));
    assert_eq!(report.counts.need_action(), 2);
    let to: Vec<String> = world.store.letters().iter().map(|it| it.to.to_string()).collect();
    assert_eq!(to, ["diana@example.org", "rui@example.org"]);
    assert_eq!(world.store.letters()[0].text, "1 done", "of the day before");
}

#[tokio::test]
async fn a_report_says_what_is_new_and_what_is_settled_since_the_one_before() {
    let world = World::at(morning()).await;
    world.judge([0, 5, 70]).await;
    world.reports.write_due().await.unwrap();
    world.judge([9, 0, 70]).await;
    world.clock.advance(SignedDuration::from_hours(24));

    world.reports.write_due().await.unwrap();

    let report = world.store.reports().remove(1);
    let new: Vec<bool> = report.lines.iter().map(|line| line.is_new).collect();
    assert_eq!(new, [false, true]);
    assert_eq!(report.settled.len(), 1);
    assert_eq!(world.store.letters()[2].text, "1 done", "since the report before");
    let look_back = world.reports.look_back(&Actor::Anyone(Role::Ops)).await.unwrap();
    assert_eq!(look_back.report, Some(morning() + SignedDuration::from_hours(24)));
    assert_eq!((look_back.since, look_back.now), (None, world.clock.now()));
}

#[tokio::test]
async fn a_morning_that_was_missed_is_made_up_for_and_says_so() {
    let world = World::at(morning() + SignedDuration::from_hours(2)).await;

    world.reports.write_due().await.unwrap();

    assert!(world.store.reports()[0].is_late());
}

#[tokio::test]
async fn a_report_is_for_those_who_may_see_the_overview() {
    let world = World::at(morning()).await;
    world.reports.write_due().await.unwrap();
    let region = world.store.reports()[0].region.clone();
    let read = async |role| {
        let actor = Actor::Anyone(role);
        world.reports.find(&actor, &region, date(2026, 6, 12)).await
    };

    assert!(read(Role::Ops).await.is_ok());
    assert!(matches!(read(Role::Customer).await, Err(ReportsError::Denied(_))));
}
