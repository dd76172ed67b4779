use greengrid_app::fleet::NewSite;
use greengrid_app::identity::NewLink;
use greengrid_app::ingestion::connections::{NewConnection, NewLink as NewConnectionLink};
use greengrid_app::ingestion::vendors::{
    Check, Credentials, Outcome, Rung, SecretText, VendorError,
};
use greengrid_app::onboarding::{
    CaseLetter, CaseStore, FileContent, FileEntry, GoLive, NewAccess, Saved, TestRun, TimedCheck,
    Wanted, WentLive,
};
use greengrid_domain::fleet::{Array, Brand, Location, SiteDetails, SiteId};
use greengrid_domain::identity::{LinkPurpose, Role, User};
use greengrid_domain::ingestion::{Cause, Quota};
use greengrid_domain::observability::Initiator;
use greengrid_domain::onboarding::{
    Case, CaseNumber, Compared, Finding, Happened, Happening, LiveSince, Room, Stage, TestOutcome,
    Verification,
};
use greengrid_domain::time::Interval;
use greengrid_domain::units::PeakPower;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::PgCaseStore;
use crate::postgres::testing::TestDatabase;
use crate::vendors::Sealer;

fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

fn store(db: &TestDatabase) -> PgCaseStore {
    PgCaseStore::new(db.pool(), Sealer::new(b"0123456789abcdef0123456789abcdef"))
}

fn happened() -> Vec<Happening> {
    vec![Happening::new(Happened::Opened, "Weir Cottage")]
}

async fn opened(store: &PgCaseStore) -> Case {
    let mut case =
        Case::builder().id(Uuid::now_v7().into()).opened_at(now()).stage_since(now()).build();
    for (key, text) in [("site_name", "Weir Cottage"), ("brand", "fronius"), ("email", "no mail")] {
        case.type_in(key.parse().unwrap(), text, None, Initiator::System, now());
    }
    store.open(Initiator::System, &[(case.clone(), happened())]).await.unwrap();
    store.find(case.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_case_comes_back_as_it_was_kept() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let mut case = opened(&store).await;
    case.type_in("email".parse().unwrap(), "a@example.org", None, Initiator::System, now());
    case.tested(TestOutcome::Failed(Cause::SiteUnknown), now(), now);
    case.verified(Verification {
        at: now(),
        conclusive: true,
        share: Some(0.8),
        findings: vec![
            Finding::Azimuth { recorded: 90.0, likely: 270.0 },
            Finding::Capacity { recorded: 9.9, likely: 19.8 },
            Finding::TimeShift { minutes: 120 },
            Finding::MeterDirection,
            Finding::MissingInverter { serials: vec!["A1".to_owned()] },
        ],
        curve: vec![Compared {
            interval: Interval::containing(now()),
            measured_w: 100.0,
            clear_w: 120.0,
        }],
    });
    case.stage = Stage::Details;
    case.room = Room { faces: 3, inverters: 2 };

    let saved = store.save(Initiator::System, &case, &happened(), now(), None, None).await.unwrap();
    let kept = store.find(case.id).await.unwrap().unwrap();

    assert_eq!(saved, Saved::Done);
    assert_eq!(kept, Case { version: case.version + 1, ..case });
    assert!(kept.number > CaseNumber(1_000));
    assert_eq!(store.history(kept.id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn nobody_writes_over_what_they_have_not_read() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let case = opened(&store).await;
    let (mut one, mut two) = (case.clone(), case);
    one.type_in("phone".parse().unwrap(), "040 1", None, Initiator::System, now());
    two.type_in("phone".parse().unwrap(), "040 2", None, Initiator::CommandLine, now());

    let first = store.save(Initiator::System, &one, &happened(), now(), None, None).await.unwrap();
    let second = store.save(Initiator::System, &two, &happened(), now(), None, None).await.unwrap();

    assert_eq!((first, second), (Saved::Done, Saved::Stale));
    let kept = store.find(one.id).await.unwrap().unwrap();
    assert_eq!(kept.fields.text("phone".parse().unwrap()), "040 1");
}

fn access() -> NewAccess {
    NewAccess {
        id: Uuid::now_v7(),
        brand: Brand::Fronius,
        credentials: Credentials::Fronius {
            key_id: "FKIA1".to_owned(),
            key_value: SecretText::new("a very secret value"),
        },
        quota: Quota::smallest_of(Brand::Fronius),
    }
}

async fn with_access(store: &PgCaseStore) -> Case {
    let mut case = opened(store).await;
    let access = access();
    case.give_access(access.id.into(), Brand::Fronius, now());
    store.save(Initiator::System, &case, &happened(), now(), Some(&access), None).await.unwrap();
    store.find(case.id).await.unwrap().unwrap()
}

#[tokio::test]
async fn another_key_takes_the_place_of_the_one_before_and_neither_can_be_read() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let mut case = with_access(&store).await;
    let before = case.credential().unwrap();
    let again = access();
    case.give_access(again.id.into(), Brand::Fronius, now());

    store.save(Initiator::System, &case, &happened(), now(), Some(&again), None).await.unwrap();

    let kept = store.find(case.id).await.unwrap().unwrap();
    assert_eq!(kept.credential(), Some(before));
    let stored = sqlx::query!(
        r#"select count(*) as "all!",
                  count(*) filter (where position('secret'::bytea in sealed) > 0) as "plain!"
           from vendor_credential"#
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    assert_eq!((stored.all, stored.plain), (1, 0));
}

#[tokio::test]
async fn a_link_is_good_once_and_the_next_ends_it() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let case = opened(&store).await;
    let until = now() + SignedDuration::from_hours(1);
    store.make_link(case.id, &[1; 32], now(), until).await.unwrap();
    store.make_link(case.id, &[2; 32], now(), until).await.unwrap();

    assert_eq!(store.link(&[1; 32]).await.unwrap(), None);
    assert!(!store.use_link(&[2; 32], until).await.unwrap(), "too late");
    let both = tokio::join!(store.use_link(&[2; 32], now()), store.use_link(&[2; 32], now()));
    assert_ne!(both.0.unwrap(), both.1.unwrap());
    assert!(store.link(&[2; 32]).await.unwrap().unwrap().used);
}

fn run(case: &Case, minutes: i64) -> TestRun {
    TestRun {
        id: Uuid::now_v7(),
        case: case.id,
        brand: Brand::Fronius,
        started_at: now() + SignedDuration::from_mins(minutes),
        by: Initiator::System,
        outcome: None,
        cut_off: false,
        checks: Vec::new(),
    }
}

#[tokio::test]
async fn one_test_runs_at_a_time_and_its_checks_are_kept_as_they_come() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let (case, other) = (opened(&store).await, opened(&store).await);
    let first = run(&case, 0);
    let error = VendorError::new(Cause::CredentialRejected).saying("Invalid key");
    let checks = [
        Check { rung: Rung::Reachable, outcome: Outcome::Passed("yes".to_owned()) },
        Check { rung: Rung::Accepted, outcome: Outcome::Failed { error, near: vec![] } },
    ];

    assert!(store.begin_test(&first).await.unwrap());
    assert!(!store.begin_test(&run(&case, 1)).await.unwrap());
    for (position, check) in (0..).zip(checks.clone()) {
        store.note_check(&first, position, &TimedCheck { check, took_ms: 12 }).await.unwrap();
    }
    let running = store.last_test(case.id).await.unwrap().unwrap();
    let rejected = TestOutcome::Failed(Cause::CredentialRejected);
    store.end_test(&first, rejected, now()).await.unwrap();
    let ended = store.last_test(case.id).await.unwrap().unwrap();
    let again = run(&case, 5);
    store.begin_test(&again).await.unwrap();
    store.end_test(&again, TestOutcome::Passed, now()).await.unwrap();

    assert_eq!((running.outcome, ended.outcome), (None, Some(rejected)));
    assert_eq!(ended.checks.iter().map(|it| it.check.clone()).collect::<Vec<_>>(), checks);
    let recurrence =
        store.recurrence(other.id, Brand::Fronius, Cause::CredentialRejected, now()).await.unwrap();
    assert_eq!((recurrence.cases, recurrence.solved, recurrence.last), (1, 1, Some(case.number)));
    let measured = store.measured(now()).await.unwrap();
    assert_eq!(measured.firsts, [(Brand::Fronius, now(), false)]);
    assert_eq!(measured.failures, [(Brand::Fronius, Cause::CredentialRejected, now())]);
}

fn letter(key: &str) -> CaseLetter {
    CaseLetter {
        key: key.to_owned(),
        to: "p.hartley@example.net".to_owned(),
        subject: "Hello".to_owned(),
        text: "Hello".to_owned(),
    }
}

fn live(case: &Case, external: &str) -> GoLive {
    let mut after = case.clone();
    after.live = Some(LiveSince { site: SiteId::from(0), at: now() });
    after.stage = Stage::Live;
    let details = SiteDetails::builder()
        .name("Weir Cottage".parse().unwrap())
        .location(Location::new(53.5, 9.9).unwrap())
        .zone("Europe/Berlin".parse().unwrap())
        .array(Array {
            capacity: PeakPower::from_kwp(9.9).unwrap(),
            tilt_deg: Some(35.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        })
        .region("north".parse().unwrap())
        .brand(Brand::Fronius)
        .build();
    GoLive {
        site: NewSite { code: case.number.to_string().parse().unwrap(), details, devices: vec![] },
        connection: NewConnection {
            id: Uuid::now_v7().into(),
            site: SiteId::from(0),
            brand: Brand::Fronius,
            link: NewConnectionLink::Polled {
                credential: case.credential().unwrap(),
                external: external.parse().unwrap(),
            },
            cadence: SignedDuration::from_hours(1),
            wanted_from: now(),
            first_run: now(),
        },
        user: User {
            id: Uuid::now_v7().into(),
            email: "p.hartley@example.net".parse().unwrap(),
            name: "P. Hartley".parse().unwrap(),
            role: Role::Customer,
            active: true,
        },
        link: NewLink::fresh(LinkPurpose::Invitation).unwrap(),
        invitation: letter(&format!("invitation:{}", case.id)),
        welcome: letter(&format!("welcome:{}", case.id)),
        happening: Happening::new(Happened::WentLive, "Weir Cottage"),
        case: after,
    }
}

async fn counted(db: &TestDatabase) -> [i64; 5] {
    let row = sqlx::query!(
        r#"select (select count(*) from site) as "sites!",
                  (select count(*) from connection) as "connections!",
                  (select count(*) from app_user) as "users!",
                  (select count(*) from site_person) as "shares!",
                  (select count(*) from mail_letter) as "letters!""#
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    [row.sites, row.connections, row.users, row.shares, row.letters]
}

#[tokio::test]
async fn going_live_makes_all_of_it_once_even_when_two_press_at_once() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let case = with_access(&store).await;
    let live = live(&case, "4711");

    let (one, two) = tokio::join!(
        store.go_live(Initiator::System, &live),
        store.go_live(Initiator::System, &live)
    );

    let WentLive::Done(site) = one.unwrap() else { panic!() };
    assert_eq!(two.unwrap(), WentLive::Done(site));
    assert_eq!(counted(&db).await, [1, 1, 1, 1, 1]);
    let kept = store.find(case.id).await.unwrap().unwrap();
    assert_eq!((kept.stage, kept.live.map(|live| live.site)), (Stage::Live, Some(site)));
    assert!(store.cases(Wanted::OpenAnd { live_since: Timestamp::MAX }).await.unwrap().is_empty());
    let later = now() + jiff::SignedDuration::from_secs(1);
    assert_eq!(store.lived_before(now()).await.unwrap(), 0);
    assert_eq!(store.lived_before(later).await.unwrap(), 1);
}

#[tokio::test]
async fn what_cannot_go_live_leaves_nothing_behind() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let first = with_access(&store).await;
    store.go_live(Initiator::System, &live(&first, "4711")).await.unwrap();
    let before = counted(&db).await;
    let second = with_access(&store).await;
    let mut stale = live(&second, "4712");
    stale.case.version -= 1;
    let mut same_number = live(&second, "4711");
    let NewConnectionLink::Polled { credential, .. } = &mut same_number.connection.link else {
        panic!()
    };
    *credential = first.credential().unwrap();

    let stale = store.go_live(Initiator::System, &stale).await.unwrap();
    let taken = store.go_live(Initiator::System, &same_number).await.unwrap();

    assert_eq!((stale, taken), (WentLive::Stale, WentLive::ConnectedElsewhere));
    assert_eq!(counted(&db).await, before);
}

#[tokio::test]
async fn a_second_site_of_a_customer_joins_their_account() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    for external in ["4711", "4712"] {
        let case = with_access(&store).await;
        store.go_live(Initiator::System, &live(&case, external)).await.unwrap();
    }

    assert_eq!(counted(&db).await, [2, 2, 1, 2, 2]);
}

#[tokio::test]
async fn files_come_back_whole_and_leave_a_trace() {
    let db = TestDatabase::from_template().await;
    let store = store(&db);
    let case = opened(&store).await;
    let entry = FileEntry {
        id: Uuid::now_v7(),
        name: "contract.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 3,
        by: Initiator::System,
        at: now(),
    };
    let file = FileContent { entry: entry.clone(), bytes: vec![1, 2, 3] };

    store.attach(Initiator::System, case.id, file.clone()).await.unwrap();

    assert_eq!(store.files(case.id).await.unwrap(), std::slice::from_ref(&entry));
    assert_eq!(store.file(case.id, entry.id).await.unwrap(), Some(file));
    let other = opened(&store).await;
    assert_eq!(store.file(other.id, entry.id).await.unwrap(), None);
    assert!(store.detach(Initiator::System, case.id, entry.id, now()).await.unwrap());
    assert!(!store.detach(Initiator::System, case.id, entry.id, now()).await.unwrap());
    assert_eq!(store.history(case.id).await.unwrap().len(), 3);
}
