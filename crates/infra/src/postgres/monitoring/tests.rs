use std::collections::BTreeSet;
use std::sync::Arc;

use greengrid_app::fleet::{Directory, SiteStore};
use greengrid_app::ingestion::{EventStore, Source};
use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_app::monitoring::{AssessmentStore, Assessor, StandingChange};
use greengrid_app::testing::FixedClock;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::orientation::Orientation;
use greengrid_domain::monitoring::{
    AnomalyKind, Assessment, Baseline, Finding, NextStep, RegionInterval, Spark, Status,
};
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Currency, Energy, Money, Power};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use sqlx::PgPool;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{PgAnomalyStore, PgAssessmentStore, PgReadModels};
use crate::postgres::Notices;
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, reading, sites};
use crate::postgres::testing::TestDatabase;
use crate::runners;
use crate::runners::projector::Projector;

fn finding(kind: AnomalyKind) -> Finding {
    Finding {
        kind,
        since: noon() - SignedDuration::from_hours(3),
        lost: Energy::from_wh(12_000),
        lost_per_day: Energy::from_wh(50_000),
        money_per_day: Money { amount: Decimal::new(1_050, 2), currency: Currency::Eur },
        cause: "Inverter 2 of 4 is off. The other three are normal.".to_owned(),
        next_step: NextStep::SendTechnician,
    }
}

fn assessment(site: SiteId, status: Status, finding: Option<Finding>) -> Assessment {
    Assessment {
        site,
        status,
        finding,
        power_now: Some(Power::from_watts(4_000)),
        expected_now: None,
        energy_today: Energy::from_wh(9_000),
        expected_today: Energy::from_wh(12_000),
        last_reading_at: Some(noon()),
        spark: Spark { from: noon(), actual: vec![Some(1), None, Some(-3)], expected: vec![7, 8] },
        daily_index: vec![None, Some(98)],
    }
}

async fn person(pool: &PgPool, name: &str) -> UserId {
    let id = Uuid::from_u128(name.len() as u128);
    sqlx::query_scalar::<_, Uuid>(
        "insert into app_user (id, email, name, role, password_hash)
         values ($1, $2 || '@example.test', $2, 'ops', '') returning id",
    )
    .bind(id)
    .bind(name)
    .fetch_one(pool)
    .await
    .unwrap()
    .into()
}

#[tokio::test]
async fn an_assessment_comes_back_as_it_was_saved() {
    let db = TestDatabase::from_template().await;
    let [one, two] = sites(&db.pool(), &["one", "two"], "UTC").await[..] else { unreachable!() };
    let store = PgAssessmentStore::new(db.pool());
    let off = assessment(one, Status::ActToday, Some(finding(AnomalyKind::Outage)));
    let fine = assessment(two, Status::OnTrack, None);
    let gone = assessment(9_999.into(), Status::OnTrack, None);

    store.save(noon(), &[off.clone(), fine.clone(), gone], &[]).await.unwrap();

    let findings = store.findings(0).await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].assessment, off);
    assert_eq!(findings[0].raised_at, Some(noon() - SignedDuration::from_hours(3)));
    assert_eq!(store.of_sites(&[two]).await.unwrap()[0].assessment, fine);
    let mut standings = store.standings(0).await.unwrap();
    standings.sort_by_key(|standing| standing.site);
    assert_eq!(standings.len(), 2);
    assert_eq!((standings[0].cents_per_day, standings[0].status), (1_050, Status::ActToday));
    assert_eq!(standings[1].power_w, Some(4_000));
}

#[tokio::test]
async fn a_reader_asks_for_what_changed_since_the_version_it_knows() {
    let db = TestDatabase::from_template().await;
    let [one, two] = sites(&db.pool(), &["one", "two"], "UTC").await[..] else { unreachable!() };
    let store = PgAssessmentStore::new(db.pool());
    let off = |site| assessment(site, Status::ActToday, Some(finding(AnomalyKind::Outage)));
    let changed = async |after: i64| {
        let standings = store.standings(after).await.unwrap().into_iter().map(|it| it.site);
        let findings = store.findings(after).await.unwrap();
        let findings = findings.into_iter().map(|it| (it.assessment.site, it.owner.is_some()));
        (standings.collect::<BTreeSet<_>>(), findings.collect::<BTreeSet<_>>())
    };
    let these = |ids: &[SiteId]| ids.iter().copied().collect::<BTreeSet<_>>();
    store.save(noon(), &[off(one), off(two)], &[]).await.unwrap();
    let first = store.version().await.unwrap();
    store.save(noon(), &[assessment(two, Status::OnTrack, None)], &[]).await.unwrap();
    let second = store.version().await.unwrap();
    let owner = person(&db.pool(), "Diana").await;
    store.set_owner(Initiator::System, one, Some(owner), noon()).await.unwrap();
    let third = store.version().await.unwrap();

    let taken = BTreeSet::from([(one, true)]);
    assert_eq!(changed(first - 1).await, (these(&[one, two]), taken.clone()));
    assert_eq!(changed(first).await, (these(&[one, two]), taken.clone()));
    assert_eq!(changed(second).await, (these(&[one]), taken));
    assert_eq!(changed(third).await, (these(&[]), BTreeSet::new()));
}

#[tokio::test]
async fn a_finding_is_raised_anew_only_when_its_kind_changes() {
    let db = TestDatabase::from_template().await;
    let [one] = sites(&db.pool(), &["one"], "UTC").await[..] else { unreachable!() };
    let store = PgAssessmentStore::new(db.pool());
    let hour = SignedDuration::from_hours(1);
    let raised = async |at: Timestamp, kind: Option<AnomalyKind>| {
        let status = if kind.is_some() { Status::Watch } else { Status::OnTrack };
        let fresh = assessment(one, status, kind.map(finding));
        store.save(at, &[fresh], &[]).await.unwrap();
        store.of_sites(&[one]).await.unwrap()[0].raised_at
    };

    assert_eq!(raised(noon(), None).await, None);
    assert_eq!(raised(noon() + hour, Some(AnomalyKind::Outage)).await, Some(noon() + hour));
    assert_eq!(raised(noon() + hour * 2, Some(AnomalyKind::Outage)).await, Some(noon() + hour));
    let other = Some(AnomalyKind::CommGap);
    assert_eq!(raised(noon() + hour * 3, other).await, Some(noon() + hour * 3));
    assert_eq!(raised(noon() + hour * 4, None).await, None);
}

#[tokio::test]
async fn saving_tells_everyone_and_counts_the_version_up() {
    let db = TestDatabase::from_template().await;
    let [one] = sites(&db.pool(), &["one"], "UTC").await[..] else { unreachable!() };
    let store = PgAssessmentStore::new(db.pool());
    let cancel = CancellationToken::new();
    let notices = Notices::listen(&db.pool(), cancel.clone()).await.unwrap();
    let mut heard = notices.subscribe();
    let before = store.version().await.unwrap();
    let change = |text: &str, minutes| StandingChange {
        at: noon() + SignedDuration::from_mins(minutes),
        site: one,
        status: Status::OnTrack,
        text: text.to_owned(),
    };

    let changes = [change("is off since 09:10", 0), change("produces again", 5)];
    store.save(noon(), &[assessment(one, Status::OnTrack, None)], &changes).await.unwrap();

    assert_eq!(store.version().await.unwrap(), before + 1);
    for topic in [Topic::Fleet, Topic::Site(one)] {
        assert_eq!(heard.recv().await.unwrap(), Heard::Notice(Notice::Changed(topic)));
    }
    let newest = store.changes(1).await.unwrap();
    assert_eq!(newest, [change("produces again", 5)]);
    cancel.cancel();
}

#[tokio::test]
async fn who_looks_after_a_site_is_kept_with_an_audit_entry() {
    let db = TestDatabase::from_template().await;
    let [one] = sites(&db.pool(), &["one"], "UTC").await[..] else { unreachable!() };
    let store = PgAssessmentStore::new(db.pool());
    let diana = person(&db.pool(), "Diana").await;
    store.save(noon(), &[assessment(one, Status::OnTrack, None)], &[]).await.unwrap();
    let by = Initiator::User(diana);
    let before = store.version().await.unwrap();

    store.set_owner(by, one, Some(diana), noon()).await.unwrap();
    store.set_owner(by, one, Some(diana), noon()).await.unwrap();
    let owner = store.of_sites(&[one]).await.unwrap()[0].owner.clone();
    store.set_owner(by, one, None, noon()).await.unwrap();

    assert_eq!(owner, Some((diana, "Diana".to_owned())));
    assert_eq!(store.of_sites(&[one]).await.unwrap()[0].owner, None);
    assert_eq!(store.version().await.unwrap(), before + 2, "the second taking changed nothing");
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_entry where action like '%take%' or action like '%back%'
         order by at, id",
    )
    .fetch_all(&db.pool())
    .await
    .unwrap();
    assert_eq!(actions, ["take_site", "hand_back_site"]);
}

#[tokio::test]
async fn baselines_and_skies_are_replaced() {
    let db = TestDatabase::from_template().await;
    let [one] = sites(&db.pool(), &["one"], "UTC").await[..] else { unreachable!() };
    let site = PgSiteStore::new(db.pool()).sites().await.unwrap().remove(0);
    let store = PgAssessmentStore::new(db.pool());
    let mut learned = Baseline {
        gain: 0.91,
        confidence: 0.8,
        version: 3,
        trained: Some((date(2026, 3, 1), date(2026, 5, 29))),
        ..Baseline::untrained(one)
    };
    learned.hours[15] = 0.6;
    learned.orientation = Some(Orientation { tilt_deg: 15.0, azimuth_deg: 210.0 });
    let interval = Interval::containing(noon());
    let mut sky = RegionInterval {
        region: site.details.region,
        interval,
        clearness: Some(0.7),
        sites: 5,
        actual: Energy::from_wh(100),
        expected: Energy::from_wh(120),
    };

    store.save_baselines(&[Baseline::untrained(one)]).await.unwrap();
    store.save_baselines(&[learned.clone()]).await.unwrap();
    store.save_region_intervals(std::slice::from_ref(&sky)).await.unwrap();
    sky.clearness = None;
    store.save_region_intervals(std::slice::from_ref(&sky)).await.unwrap();

    assert_eq!(store.baselines(&[one, 77.into()]).await.unwrap(), [learned]);
    let read = |from: Interval| store.region_intervals(Some(&sky.region), from, from.next());
    assert_eq!(read(interval).await.unwrap(), [sky.clone()]);
    assert_eq!(read(interval.next()).await.unwrap(), []);
    assert_eq!(store.region_intervals(None, interval, interval.next()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn days_that_wait_are_taken_newest_first() {
    let db = TestDatabase::from_template().await;
    let store = PgAssessmentStore::new(db.pool());
    let south = "south".parse().unwrap();
    let north: greengrid_domain::fleet::RegionCode = "north".parse().unwrap();
    let day =
        |region: &greengrid_domain::fleet::RegionCode, of| (region.clone(), date(2026, 6, of));
    let due = [day(&south, 1), day(&north, 3), day(&south, 2), day(&south, 1)];

    store.put_due(&due).await.unwrap();

    assert_eq!(store.take_due(2).await.unwrap(), [day(&north, 3), day(&south, 2)]);
    assert_eq!(store.take_due(9).await.unwrap(), [day(&south, 1)]);
    assert_eq!(store.take_due(9).await.unwrap(), []);
}

#[tokio::test]
async fn the_runner_judges_what_was_projected_and_ends_when_told() {
    let db = TestDatabase::from_template().await;
    let [one] = sites(&db.pool(), &["one"], "UTC").await[..] else { unreachable!() };
    let events = PgEventStore::start(db.pool());
    let rows = vec![reading(one, noon(), 1_200)];
    events.append(Source::Api, noon(), rows, Vec::new()).await.unwrap();
    Projector::project_once(&db.pool()).await.unwrap();
    let directory = Directory::load(Arc::new(PgSiteStore::new(db.pool()))).await.unwrap();
    let store = PgAssessmentStore::new(db.pool());
    let assessor = Assessor::builder()
        .directory(directory)
        .read_models(Arc::new(PgReadModels::new(db.pool())))
        .assessments(Arc::new(store.clone()))
        .clock(Arc::new(FixedClock::at(noon() + SignedDuration::from_mins(10))))
        .anomalies(Arc::new(PgAnomalyStore::new(db.pool())))
        .ids(Arc::new(crate::ids::RandomIds))
        .build();
    let cancel = CancellationToken::new();
    let notices = Notices::listen(&db.pool(), cancel.clone()).await.unwrap();
    let mut heard = notices.subscribe();
    let (touched, receiver) = mpsc::channel(1);
    let running =
        tokio::spawn(runners::assessor::run(Arc::new(assessor), receiver, cancel.clone()));

    let site = Heard::Notice(Notice::Changed(Topic::Site(one)));
    while heard.recv().await.unwrap() != site {}
    let first = store.of_sites(&[one]).await.unwrap();
    let later = noon() + SignedDuration::from_mins(5);
    let rows = vec![reading(one, later, 2_400)];
    events.append(Source::Api, noon(), rows, Vec::new()).await.unwrap();
    Projector::project_once(&db.pool()).await.unwrap();
    touched.send(vec![(one, Interval::containing(noon()))]).await.unwrap();
    while heard.recv().await.unwrap() != site {}
    let second = store.of_sites(&[one]).await.unwrap();
    cancel.cancel();
    running.await.unwrap();

    assert_eq!(first[0].assessment.power_now, Some(Power::from_watts(1_200)));
    assert_eq!(second[0].assessment.power_now, Some(Power::from_watts(1_800)));
}
