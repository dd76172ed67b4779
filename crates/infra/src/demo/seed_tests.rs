use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use greengrid_app::actor::Actor;
use greengrid_app::clock::Clock;
use greengrid_app::fleet::Directory;
use greengrid_app::identity::DEMO_PASSWORD;
use greengrid_app::ingestion::Ingestion;
use greengrid_app::testing::FixedClock;
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::ids::RandomIds;
use crate::passwords::Argon2Passwords;
use crate::postgres::demo::PgDemoStore;
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::identity::identity;
use crate::postgres::ingestion::{PgEventStore, PgQuarantineStore};
use crate::postgres::testing::TestDatabase;

/// Days of history: enough to see that it is there.
const DAYS: u16 = 5;

pub(super) fn stores(pool: &PgPool) -> DemoStores {
    let hasher = Arc::new(Argon2Passwords::cheap().unwrap());
    let identity = identity(pool, hasher, true);
    DemoStores::builder()
        .demo(PgDemoStore::new(pool.clone()))
        .sites(Arc::new(PgSiteStore::new(pool.clone())))
        .events(PgEventStore::start(pool.clone()))
        .identity(identity)
        .build()
}

async fn open(db: &TestDatabase, sites: Option<usize>, dir: &Path) -> Result<Demo, DemoError> {
    let settings = DemoSettings::builder().maybe_sites(sites).history_days(DAYS).build();
    let demo = Demo::open(stores(&db.pool()), settings, dir, &|_, _, _| {}).await?;
    if demo.is_first() {
        demo.open_the_day(&|_, _, _| {}).await?;
    }
    demo.file("http://127.0.0.1:3000").write(dir).unwrap();
    Ok(demo)
}

/// A database and a directory with a demo of three sites.
async fn opened() -> (TestDatabase, TempDir, Demo) {
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let demo = open(&db, Some(3), dir.path()).await.unwrap();
    PgDemoStore::new(db.pool()).finish().await.unwrap();
    (db, dir, demo)
}

async fn readings(db: &TestDatabase) -> i64 {
    sqlx::query_scalar!(r#"select count(*) as "count!" from reading_event"#)
        .fetch_one(&db.pool())
        .await
        .unwrap()
}

/// When the newest reading of any site was measured.
async fn newest(db: &TestDatabase) -> Timestamp {
    let newest = PgDemoStore::new(db.pool()).newest().await.unwrap();
    newest.iter().map(|newest| newest.measured_at).max().unwrap()
}

#[tokio::test]
async fn the_first_start_makes_a_fleet_with_its_history_and_people() {
    let (db, dir, demo) = opened().await;
    let identity = &stores(&db.pool()).identity;
    let file = DemoFile::read(dir.path()).unwrap();

    assert!(demo.is_first());
    assert!(readings(&db).await > i64::try_from(demo.filled()).unwrap(), "the day did not open");
    assert_eq!(demo.clock().now(), opening());
    assert!(demo.filled() > 3 * 5 * 150, "{}", demo.filled());
    assert!(opening().duration_since(newest(&db).await) < SignedDuration::from_mins(11));
    let address = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for account in &ACCOUNTS {
        let member = identity.sign_in(account.email, DEMO_PASSWORD, address).await.unwrap();
        let user = member.user;
        assert_eq!((user.role, user.name.as_str()), (account.role, account.name));
    }
    assert!(identity.authenticate_token(&file.token).await.unwrap().is_some());
}

#[tokio::test]
async fn a_demo_just_made_stands_where_its_first_report_is_due() {
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let settings = DemoSettings::builder().sites(3).history_days(DAYS).build();

    let demo = Demo::open(stores(&db.pool()), settings, dir.path(), &|_, _, _| {}).await.unwrap();

    assert_eq!(demo.clock().now(), first_look());
    assert!(newest(&db).await < first_look());
}

#[tokio::test]
async fn a_polled_site_ends_where_its_vendor_goes_on() {
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let demo = open(&db, Some(40), dir.path()).await.unwrap();
    let fleet = demo.fleet();
    let polled: Vec<_> = fleet.sites.iter().filter(|site| site.is_polled).collect();
    let world = World::new(Arc::clone(fleet), DAYS);
    let stores = stores(&db.pool());

    let demo = PgDemoStore::new(db.pool());
    let standings = standing::standings(&world, stores.sites.as_ref(), &demo).await.unwrap();

    assert!(!polled.is_empty());
    for (site, standing) in fleet.sites.iter().zip(standings).filter(|(site, _)| site.is_polled) {
        assert_eq!(standing.from, polled_from(), "{}", site.code);
    }
}

#[tokio::test]
async fn the_customers_own_different_sites() {
    let (db, _dir, _demo) = opened().await;
    let stores = stores(&db.pool());

    let mut owned = Vec::new();
    for email in ["customer@demo.greengrid.example", "customer2@demo.greengrid.example"] {
        let user = stores
            .identity
            .user_by_email(&Actor::System, &email.parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        owned.push(stores.sites.sites_of(user.id).await.unwrap());
    }

    assert!(owned.iter().all(|sites| !sites.is_empty()));
    assert_ne!(owned[0], owned[1]);
}

#[tokio::test]
async fn a_later_start_changes_nothing() {
    let (db, dir, first) = opened().await;
    let before = readings(&db).await;

    let second = open(&db, None, dir.path()).await.unwrap();

    assert_eq!((second.is_first(), second.filled()), (false, 0));
    assert_eq!(readings(&db).await, before);
    assert_eq!(second.file("x"), first.file("x"));
    assert_eq!(second.fleet(), first.fleet());
}

#[tokio::test]
async fn an_interrupted_first_start_goes_on_where_it_stopped() {
    let (whole, _dir, _) = opened().await;
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let demo = PgDemoStore::new(db.pool());
    demo.begin(1, 3, opening()).await.unwrap();
    let stores = stores(&db.pool());
    let world = World::new(Arc::new(DemoFleet::plan(1, 3)), DAYS);
    stores
        .sites
        .save(greengrid_domain::observability::Initiator::System, &seed::new_sites(world.fleet()))
        .await
        .unwrap();
    // One of three sites was written when the power went.
    let mut standings = standing::standings(&world, stores.sites.as_ref(), &demo).await.unwrap();
    standings.truncate(1);
    history::fill(&world, standings, opening(), &stores.events, &|_, _, _| {}).await.unwrap();
    let before = readings(&db).await;

    let demo = open(&db, None, dir.path()).await.unwrap();

    assert!(before > 0 && demo.is_first());
    assert_eq!(readings(&db).await, readings(&whole).await);
}

#[tokio::test]
async fn a_demo_seen_last_in_the_evening_opens_the_next_morning_with_nothing_missing() {
    let (db, dir, _) = opened().await;
    let evening = opening() + SignedDuration::from_hours(11);
    PgDemoStore::new(db.pool()).keep(evening).await.unwrap();

    let demo = open(&db, None, dir.path()).await.unwrap();

    let morning = opening() + SignedDuration::from_hours(24);
    assert_eq!(demo.clock().now(), morning);
    assert!(morning.duration_since(newest(&db).await) < SignedDuration::from_mins(11));
    assert!(demo.filled() > 3 * 150);
}

#[tokio::test]
async fn another_fleet_is_refused() {
    let (db, dir, _) = opened().await;

    let error = open(&db, Some(4), dir.path()).await.err().unwrap();

    assert!(matches!(error, DemoError::Another { sites: 3, seed: 1 }));
}

#[tokio::test]
async fn the_feed_goes_on_where_the_history_ends() {
    let (db, _dir, demo) = opened().await;
    let stores = stores(&db.pool());
    let directory = Directory::load(Arc::clone(&stores.sites)).await.unwrap();
    let clock = FixedClock::at(opening() + SignedDuration::from_mins(31));
    let ingestion = Ingestion::builder()
        .directory(directory)
        .events(Arc::new(stores.events.clone()))
        .quarantine(Arc::new(PgQuarantineStore::new(db.pool())))
        .clock(Arc::new(clock))
        .ids(Arc::new(RandomIds))
        .build();
    let feed = demo.feed(ingestion);
    let mut loggers = feed.loggers().await.unwrap();
    let before = readings(&db).await;

    let mut sent = Vec::new();
    for minutes in [0, 10, 20, 30] {
        let now = opening() + SignedDuration::from_mins(minutes);
        sent.push(feed.send_due(&mut loggers, now).await.unwrap());
    }

    let inverters: usize = demo.fleet().sites.iter().map(|site| site.inverters.len()).sum();
    assert_eq!(sent[0], 0, "all that had arrived is in the history");
    assert!(sent[1..].iter().all(|sent| (2 * inverters..=2 * inverters + 2).contains(sent)));
    let taken = usize::try_from(readings(&db).await - before).unwrap();
    assert_eq!(taken, 6 * inverters);
}

#[tokio::test]
async fn a_first_start_cut_short_before_the_feed_is_a_first_start_again() {
    let (db, dir) = (TestDatabase::from_template().await, tempfile::tempdir().unwrap());
    let first = open(&db, Some(3), dir.path()).await.unwrap();

    let again = open(&db, None, dir.path()).await.unwrap();

    assert!(first.is_first() && again.is_first());
    assert_eq!(again.filled(), 0);
}

#[tokio::test]
async fn a_feed_that_is_cancelled_notes_what_the_clock_shows() {
    let (db, _dir, demo) = opened().await;
    let stores = stores(&db.pool());
    let ingestion = Ingestion::builder()
        .directory(Directory::load(Arc::clone(&stores.sites)).await.unwrap())
        .events(Arc::new(stores.events.clone()))
        .quarantine(Arc::new(PgQuarantineStore::new(db.pool())))
        .clock(demo.clock())
        .ids(Arc::new(RandomIds))
        .build();
    let cancel = CancellationToken::new();
    cancel.cancel();

    demo.feed(ingestion).feed(&cancel).await.unwrap();

    let state = PgDemoStore::new(db.pool()).state().await.unwrap().unwrap();
    assert!(state.clock_at > opening());
}
