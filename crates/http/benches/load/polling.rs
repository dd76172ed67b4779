//! Ten thousand sites, asked of their vendors for a day.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::{BoxFuture, try_join_all};
use greengrid_app::actor::Actor;
use greengrid_app::clock::Clock;
use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::ingestion::connections::{Connections, Poller};
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{CredentialId, Health, Quota};
use greengrid_domain::observability::Initiator;
use greengrid_http::bootstrap::{self, Core, Stores, VendorAccount};
use greengrid_infra::demo::DemoFleet;
use greengrid_infra::postgres::fleet::PgSiteStore;
use greengrid_infra::postgres::testing::TestDatabase;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::net::TcpListener;

use crate::Error;
use crate::report::{bounded, figure};

const SITES: usize = 10_000;
const SEED: u64 = 1;
const SECRET: &str = "a secret for measurements, 32 letters long";
/// How long they are asked, and how much from before is wanted.
const DAY: SignedDuration = SignedDuration::from_hours(24);
const BEFORE: SignedDuration = SignedDuration::from_hours(12);
/// Time between two looks at who is due.
const LOOK: SignedDuration = SignedDuration::from_secs(30);

/// Plans as large fleets have them: 300 calls a minute, and with Enphase’s
/// Partner plan one and a half million a month.
const ACCOUNTS: [VendorAccount; 3] = [
    account(Brand::SolarEdge, "SolarEdge", Some(1_500_000), 6),
    account(Brand::Fronius, "Fronius", None, 2),
    account(Brand::Enphase, "Enphase", Some(1_500_000), 2),
];

const fn account(
    brand: Brand,
    name: &'static str,
    per_month: Option<u32>,
    hours: i64,
) -> VendorAccount {
    let quota = Quota { per_minute: 300, per_day: None, per_month };
    VendorAccount { brand, name, quota, every: SignedDuration::from_hours(hours) }
}

/// A clock that goes with the wall clock and leaps over what would be waited.
struct Leaping {
    begun: Instant,
    leapt: Mutex<SignedDuration>,
}

impl Leaping {
    fn leap(&self, span: SignedDuration) {
        *self.leapt.lock() += span;
    }
}

impl Clock for Leaping {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.begun.elapsed()).unwrap_or_default();
        begins() + passed + *self.leapt.lock()
    }

    fn wait(&self, span: Duration) -> BoxFuture<'_, ()> {
        self.leap(SignedDuration::try_from(span).unwrap_or_default());
        std::future::ready(()).boxed()
    }
}

/// Before the sun rises over the fleet.
fn begins() -> Timestamp {
    Timestamp::constant(1_781_233_200, 0)
}

/// What the day of one vendor came to.
struct Day {
    account: VendorAccount,
    sites: usize,
    unwell: usize,
    calls: u32,
    latest: f64,
    took: Duration,
}

pub(crate) async fn run() -> Result<(), Error> {
    let database = TestDatabase::from_template().await;
    let fleet = DemoFleet::plan(SEED, SITES);
    let sites: Vec<NewSite> = fleet
        .sites
        .iter()
        .map(|site| {
            let (code, details) = (site.code.clone(), site.details.clone());
            NewSite { code, details, devices: Vec::new() }
        })
        .collect();
    let store = PgSiteStore::new(database.pool());
    for some in sites.chunks(1_000) {
        store.save(Initiator::System, some).await?;
    }
    let stores = Stores::new(bootstrap::connect(&database.url()).await?, false)?;
    // Each vendor has its day by a clock of its own, so that none waits for another.
    let mut clocks = Vec::new();
    let mut keys = HashMap::new();
    for account in ACCOUNTS {
        let clock = Arc::new(Leaping { begun: Instant::now(), leapt: Mutex::default() });
        let core = Core::new(stores.clone(), Arc::clone(&clock) as _).await?;
        let asked = fleet.sites.iter().map(|site| site.details.brand == account.brand);
        let asked = asked.enumerate().filter(|(_, asked)| *asked).map(|(position, _)| position);
        let (secret, accounts, from) = (SECRET.parse()?, [account], begins() - BEFORE);
        let opened =
            bootstrap::connect_to_stand_ins(&core, &secret, &fleet, asked, &accounts, from);
        keys.extend(opened.await?);
        clocks.push((account, clock, core));
    }
    let days = clocks.into_iter().map(|(account, clock, core)| {
        let others = keys.iter().filter(|(brand, _)| **brand != account.brand);
        let others = others.map(|(_, credential)| *credential).collect();
        async move { tokio::spawn(day(account, clock, core, others)).await? }
    });
    for day in try_join_all(days).await? {
        told(&day);
    }
    Ok(())
}

async fn day(
    account: VendorAccount,
    clock: Arc<Leaping>,
    core: Core,
    others: HashSet<CredentialId>,
) -> Result<Day, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let base = format!("http://{}", listener.local_addr()?);
    let stand_ins = bootstrap::stand_ins_of_demo(SEED, SITES, Arc::clone(&clock) as _);
    tokio::spawn(async move { axum::serve(listener, stand_ins).await });
    let connections = bootstrap::connections(&core, &SECRET.parse()?, Some(&base));
    let ingestion = core.ingestion.clone();
    let poller = Poller::builder().connections(connections.clone()).ingestion(ingestion).build();
    let begun = Instant::now();
    let mut latest: f64 = 0.0;
    while clock.now() < begins() + DAY {
        for turn in poller.due(&others).await? {
            let since = turn.since().unwrap_or_else(|| clock.now());
            poller.take(turn).await?;
            let late = clock.now().duration_since(since).as_secs_f64();
            latest = latest.max(late / account.every.as_secs_f64());
        }
        clock.leap(LOOK);
    }
    let took = begun.elapsed();
    let (sites, unwell, calls) = outcome(&connections, account.brand, clock.now()).await?;
    Ok(Day { account, sites, unwell, calls, latest, took })
}

/// Sites of a vendor, those whose connection is not well, and calls of the month.
async fn outcome(
    connections: &Connections,
    brand: Brand,
    now: Timestamp,
) -> Result<(usize, usize, u32), Error> {
    let (all, credentials, _) = connections.list(&Actor::System).await?;
    let own: Vec<_> = all.into_iter().filter(|it| it.brand == brand).collect();
    let unwell = own.iter().filter(|it| it.record.health(now) != Health::Healthy).count();
    let calls = credentials.iter().filter(|it| it.brand == brand).map(|it| it.ledger.this_month);
    Ok((own.len(), unwell, calls.sum()))
}

fn told(day: &Day) {
    let name = day.account.name;
    figure(&format!("{name}: sites"), &day.sites.to_string());
    figure(&format!("{name}: calls in a day"), &day.calls.to_string());
    if let Some(per_month) = day.account.quota.per_month {
        let share = f64::from(day.calls) / (f64::from(per_month) / 30.0) * 100.0;
        bounded(&format!("{name}: of a day’s share of the month"), share, 120.0, "%");
    }
    let unwell = f64::from(u32::try_from(day.unwell).unwrap_or(u32::MAX));
    bounded(&format!("{name}: connections that are not well"), unwell, 0.0, "sites");
    bounded(&format!("{name}: the latest turn, of a cadence"), day.latest * 100.0, 100.0, "%");
    figure(&format!("{name}: took"), &format!("{:.0} s", day.took.as_secs_f64()));
}
