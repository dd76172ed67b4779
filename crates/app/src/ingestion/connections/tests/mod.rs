mod incidents;

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::SiteCode;
use greengrid_domain::identity::{Role, UserId};
use greengrid_domain::ingestion::{Cause, CredentialId, Health};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use uuid::Uuid;

use super::*;
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::ids::Ids;
use crate::ingestion::{
    AppendOutcome, AppendRow, EventStore, Ingestion, QuarantineEntry, QuarantineStore, Source,
    Verdict,
};
use crate::testing::{
    FakeConnectionStore, FakeCredentialStore, FakeGateways, FakeSiteStore, FakeVendor,
    FakeVendorFacts, FixedClock, site,
};

#[derive(Default)]
struct Log {
    starts: Mutex<Vec<Timestamp>>,
    broken: Mutex<bool>,
}

#[async_trait]
impl EventStore for Log {
    async fn append(
        &self,
        source: Source,
        _: Timestamp,
        rows: Vec<AppendRow>,
        _: Vec<QuarantineEntry>,
    ) -> Result<AppendOutcome, StoreError> {
        assert_eq!(source, Source::Vendor);
        if *self.broken.lock() {
            return Err(StoreError::busy("told to fail"));
        }
        let verdicts = vec![Verdict::Accepted; rows.len()];
        self.starts.lock().extend(rows.iter().map(|row| row.key.measured_at));
        Ok(AppendOutcome { verdicts })
    }
}

#[async_trait]
impl QuarantineStore for Log {
    async fn open(&self, _: Option<Uuid>, _: i64) -> Result<Vec<QuarantineEntry>, StoreError> {
        Ok(Vec::new())
    }
    async fn count_open(&self) -> Result<i64, StoreError> {
        Ok(0)
    }
    async fn find(&self, _: Uuid) -> Result<Option<QuarantineEntry>, StoreError> {
        Ok(None)
    }
    async fn settle(&self, _: Initiator, _: Uuid, _: Timestamp, _: &str) -> Result<(), StoreError> {
        Ok(())
    }
}

struct Counting(Mutex<u128>);

impl Ids for Counting {
    fn uuid(&self) -> Uuid {
        let mut last = self.0.lock();
        *last += 1;
        Uuid::from_u128(*last)
    }
}

/// Sites S-1 and S-2, a vendor, a credential “fleet”, and nothing connected.
struct World {
    clock: Arc<FixedClock>,
    vendor: Arc<FakeVendor>,
    log: Arc<Log>,
    store: Arc<FakeConnectionStore>,
    connections: Connections,
    poller: Poller,
}

const NOON: &str = "2026-06-12T10:00:00Z";

async fn world() -> World {
    let clock = Arc::new(FixedClock::at(NOON.parse().unwrap()));
    let directory = FakeSiteStore::of(vec![site(1), site(2)]).directory().await;
    let (vendor, log) = (Arc::new(FakeVendor::new()), Arc::new(Log::default()));
    let credentials = Arc::new(FakeCredentialStore::default());
    credentials.with_key("fleet", CredentialId::from(Uuid::from_u128(900)), clock.now());
    let ids: Arc<dyn Ids> = Arc::new(Counting(Mutex::new(0)));
    let store = Arc::new(FakeConnectionStore::default());
    let connections = Connections::builder()
        .directory(directory.clone())
        .store(Arc::clone(&store) as _)
        .incidents(Arc::clone(&store) as _)
        .facts(Arc::new(FakeVendorFacts::default()))
        .credentials(credentials)
        .gateways(Arc::new(FakeGateways(Arc::clone(&vendor) as _)))
        .clock(Arc::clone(&clock) as _)
        .ids(Arc::clone(&ids))
        .build();
    let ingestion = Ingestion::builder()
        .directory(directory)
        .events(Arc::clone(&log) as _)
        .quarantine(Arc::clone(&log) as _)
        .clock(Arc::clone(&clock) as _)
        .ids(ids)
        .build();
    let poller = Poller::builder().connections(connections.clone()).ingestion(ingestion).build();
    World { clock, vendor, log, store, connections, poller }
}

impl World {
    async fn connect(&self, site: &str, external: &str) {
        let hour = SignedDuration::from_hours(1);
        let external = external.parse().unwrap();
        let code: SiteCode = site.parse().unwrap();
        self.connections.connect(&Actor::System, &code, "fleet", external, hour).await.unwrap();
    }

    async fn all(&self) -> Vec<Connection> {
        self.connections.list(&Actor::System).await.unwrap().0
    }

    async fn first(&self) -> Connection {
        self.all().await.remove(0)
    }

    /// Polls every few minutes for as long.
    async fn live(&self, hours: i64) {
        for _ in 0..hours * 12 {
            self.poller.poll_due().await.unwrap();
            self.clock.advance(SignedDuration::from_mins(5));
        }
    }

    fn starts(&self) -> BTreeSet<Timestamp> {
        self.log.starts.lock().iter().copied().collect()
    }

    fn health(&self, connection: &Connection) -> Health {
        connection.record.health(self.clock.now())
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn fresh_readings_come_first_and_the_gap_before_them_oldest_first() {
    let world = world().await;
    world.connect("S-1", "4711").await;

    world.poller.poll_due().await.unwrap();

    let asked = world.vendor.asked();
    assert_eq!(asked[0].from, at("2026-06-11T22:00:00Z"));
    assert_eq!(asked[1].from, at("2026-06-10T10:00:00Z"));
    assert_eq!(asked[2].from, at("2026-06-10T22:00:00Z"));
    world.live(3).await;
    let starts = world.starts();
    assert_eq!(starts.first(), Some(&at("2026-06-10T10:00:00Z")));
    // Two days and the two hours since, every quarter hour of it.
    assert!(starts.len() >= 48 * 4 + 2 * 4, "{}", starts.len());
    let connection = world.first().await;
    assert_eq!(world.health(&connection), Health::Healthy);
    assert_eq!(connection.progress.ahead, None);
    assert!(connection.next_run > world.clock.now() - SignedDuration::from_mins(5));
}

#[tokio::test]
async fn a_checkpoint_moves_only_when_the_readings_are_durable() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    let before = world.first().await;
    *world.log.broken.lock() = true;

    assert!(world.poller.poll_due().await.is_err());

    assert_eq!(world.first().await.progress, before.progress);
    *world.log.broken.lock() = false;
    world.poller.poll_due().await.unwrap();
    assert!(!world.starts().is_empty());
}

#[tokio::test]
async fn a_failure_shows_at_once_backs_off_and_heals_without_a_hole() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.live(4).await;
    world.vendor.fail(Some(Cause::VendorFault));

    world.live(2).await;

    let failing = world.first().await;
    assert_eq!(world.health(&failing), Health::Failing);
    assert_eq!(failing.record.cause, Some(Cause::VendorFault));
    assert!(failing.record.failures <= 12, "{} attempts in two hours", failing.record.failures);
    world.vendor.fail(None);
    world.live(5).await;
    let healed = world.first().await;
    assert_eq!(world.health(&healed), Health::Healthy);
    let starts: Vec<Timestamp> = world.starts().into_iter().collect();
    let quarter = SignedDuration::from_mins(15);
    assert!(starts.windows(2).all(|pair| pair[1].duration_since(pair[0]) == quarter));
}

#[tokio::test]
async fn a_site_unknown_to_the_vendor_does_not_stop_its_neighbour() {
    let world = world().await;
    world.connect("S-1", "9999").await;
    world.connect("S-2", "4711").await;

    world.poller.poll_due().await.unwrap();

    let all = world.all().await;
    assert_eq!(all[0].record.cause, Some(Cause::SiteUnknown));
    assert_eq!(world.health(&all[1]), Health::Healthy);
}

#[tokio::test]
async fn a_site_that_seems_to_lose_something_is_asked_more_often_by_day() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.connect("S-2", "4711").await;
    world.store.suspect(world.all().await[1].site);

    world.poller.poll_due().await.unwrap();

    let wait = |connection: &Connection| connection.next_run.duration_since(world.clock.now());
    let [plain, suspect] = &world.all().await[..] else { panic!("two connections") };
    assert!(wait(plain) > SignedDuration::from_mins(50));
    assert!(wait(suspect) < SignedDuration::from_mins(35));
}

#[tokio::test]
async fn a_site_that_fell_silent_is_told_by_day_and_not_by_night() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.vendor.fall_silent(at("2026-06-12T10:00:00Z"));

    world.live(6).await;
    let by_day = world.first().await;
    let asked = world.vendor.asked().len();

    assert_eq!(by_day.record.cause, Some(Cause::NoFreshData));
    assert_eq!(world.health(&by_day), Health::Degraded);
    // 18:00 to 01:00 at the site: dusk falls, and it is asked less often.
    world.live(7).await;
    let by_night = world.first().await;
    assert_eq!(by_night.record.cause, None);
    assert!(world.vendor.asked().len() - asked < 40);
}

#[tokio::test]
async fn a_paused_connection_is_left_alone_and_goes_on_where_it_was() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    let id = world.first().await.id;
    world.connections.pause(&Actor::System, id, true).await.unwrap();

    assert_eq!(world.poller.poll_due().await.unwrap(), 0);

    assert_eq!(world.health(&world.first().await), Health::Paused);
    world.connections.pause(&Actor::System, id, false).await.unwrap();
    assert_eq!(world.poller.poll_due().await.unwrap(), 1);
}

#[tokio::test]
async fn back_filling_fetches_what_is_older_than_the_connection() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    world.live(3).await;
    let id = world.first().await.id;

    world.connections.back_fill(&Actor::System, id, at("2026-06-08T00:00:00Z")).await.unwrap();
    world.live(8).await;

    assert_eq!(world.starts().first(), Some(&at("2026-06-08T00:00:00Z")));
    let future = world.connections.back_fill(&Actor::System, id, at("2027-01-01T00:00:00Z")).await;
    assert!(matches!(future, Err(ConnectionError::From)));
}

#[tokio::test]
async fn a_push_address_opens_for_its_secret_only() {
    let world = world().await;
    let code: SiteCode = "S-1".parse().unwrap();
    let secret = world.connections.connect_push(&Actor::System, &code).await.unwrap();

    let target = world.connections.push_target(&secret).await.unwrap().unwrap();
    assert_eq!(target.site.code, code);
    assert!(world.connections.push_target("0123").await.unwrap().is_none());
    let again = world.connections.connect_push(&Actor::System, &code).await;
    assert!(matches!(again, Err(ConnectionError::Taken)));

    world
        .connections
        .pushed(&target.connection, Some((Cause::ContractChanged, "no push")))
        .await
        .unwrap();
    let failed = world.first().await;
    assert_eq!(
        (failed.said.as_deref(), world.health(&failed)),
        (Some("no push"), Health::Degraded)
    );
    world.connections.pushed(&failed, None).await.unwrap();
    assert_eq!(world.health(&world.first().await), Health::Healthy);
}

#[tokio::test]
async fn a_test_climbs_with_the_real_interface() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    let id = world.first().await.id;
    let mut checks = Vec::new();

    world.connections.test(&Actor::System, id, |check| checks.push(check)).await.unwrap();

    assert_eq!(checks.len(), 9);
}

#[tokio::test]
async fn connections_are_for_those_who_may() {
    let world = world().await;
    world.connect("S-1", "4711").await;
    let id = world.first().await.id;
    let who = |role| Actor::User { id: UserId::from(Uuid::from_u128(5)), role };

    assert!(world.connections.list(&who(Role::Cs)).await.is_ok());
    for role in [Role::Cs, Role::Customer] {
        let refused = world.connections.pause(&who(role), id, true).await;
        assert!(matches!(refused, Err(ConnectionError::Denied(_))));
    }
    let refused = world.connections.list(&who(Role::Customer)).await;
    assert!(matches!(refused, Err(ConnectionError::Denied(_))));
}
