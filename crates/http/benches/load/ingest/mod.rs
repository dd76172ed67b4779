//! Readings through the interface, against the bare statement.

pub(crate) mod bare;
mod clients;

use std::time::{Duration, Instant};

use greengrid_app::actor::Actor;
use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_domain::fleet::{Array, Brand, Location, SiteCode, SiteDetails, SiteId};
use greengrid_domain::identity::Scope;
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::PeakPower;
use greengrid_http::bootstrap::{Pools, PrivatePostgres, Stores, connect, migrate};
use greengrid_infra::postgres::fleet::PgSiteStore;
use greengrid_infra::postgres::testing::load::projection_lag;
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use crate::Error;
use crate::report::{at_least, bounded, figure};
use crate::server::{CHILD, Process};

/// Clients, and connections of the bare statement.
pub(crate) const CLIENTS: usize = 4;
/// Readings in a batch: one of each site of a client.
pub(crate) const BATCH: usize = 1_000;
/// How long each turn of either side lasts, and how many they take.
pub(crate) const TURN: Duration = Duration::from_secs(10);
pub(crate) const TURNS: usize = 2;
/// How long readings come in at half that rate.
pub(crate) const STEADY: Duration = Duration::from_secs(30);

/// A fleet of so many sites that each batch holds one reading of each of a
/// client's.
pub(crate) struct Fleet {
    pub(crate) codes: Vec<SiteCode>,
    pub(crate) ids: Vec<SiteId>,
    /// The instant of the next readings; each batch of a client has its own.
    next: Timestamp,
}

impl Fleet {
    async fn create(pools: &Pools) -> Result<Self, Error> {
        let sites: Vec<NewSite> =
            (0..CLIENTS * BATCH).map(site).collect::<Result<Vec<_>, Error>>()?;
        let store = PgSiteStore::new(pools.pages.clone());
        let ids = store.save(Initiator::System, &sites).await?;
        let codes = sites.into_iter().map(|site| site.code).collect();
        let start = "2026-01-01T00:00:00Z".parse()?;
        Ok(Self { codes, ids, next: start })
    }

    /// Leaves room for a turn, so that no two write the same keys.
    pub(crate) fn begin_turn(&mut self) -> Timestamp {
        let first = self.next;
        self.next += SignedDuration::from_hours(24 * 7);
        first
    }
}

fn site(number: usize) -> Result<NewSite, Error> {
    let details = SiteDetails::builder()
        .name(format!("Harbour Cold Store {number}").parse()?)
        .location(Location::new(48.0, 11.0)?)
        .zone("Europe/Berlin".parse()?)
        .array(Array {
            capacity: PeakPower::from_kwp(30.0).map_err(|_| "no such capacity")?,
            tilt_deg: Some(30.0),
            azimuth_deg: Some(180.0),
            ac_limit: None,
            export_limit: None,
        })
        .region(["north", "central", "south"][number % 3].parse()?)
        .brand(Brand::Other)
        .build();
    Ok(NewSite { code: format!("load-{number:05}").parse()?, details, devices: Vec::new() })
}

/// A server with a fleet and a database of its own.
pub(crate) struct Stage {
    pub(crate) pools: Pools,
    pub(crate) fleet: Fleet,
    pub(crate) token: String,
    pub(crate) server: Process,
    postgres: PrivatePostgres,
    _directory: tempfile::TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Result<Self, Error> {
        let directory = tempfile::tempdir()?;
        let postgres = PrivatePostgres::start(directory.path(), |_| {}).await?;
        migrate(postgres.url()).await?;
        let pools = connect(postgres.url()).await?;
        let fleet = Fleet::create(&pools).await?;
        let (_, token) = Stores::new(pools.clone(), false)?
            .identity
            .create_token(&Actor::CommandLine, "load", vec![Scope::ReadingsWrite])
            .await?;
        let server = Process::start(&[CHILD, postgres.url()]).await?;
        Ok(Self { pools, fleet, token, server, postgres, _directory: directory })
    }

    pub(crate) async fn clear(self) -> Result<(), Error> {
        drop(self.server);
        Ok(self.postgres.stop().await?)
    }
}

pub(crate) async fn run() -> Result<(), Error> {
    let mut stage = Stage::set().await?;
    let Stage { pools, fleet, token, server, .. } = &mut stage;
    let (pools, address) = (&*pools, &server.address);

    let (mut through, mut bare) = (0.0, 0.0);
    for turn in 0..TURNS {
        let first = fleet.begin_turn();
        bare += bare::write(pools, &fleet.ids, first, TURN).await?;
        let first = fleet.begin_turn();
        through += clients::send(address, token, &fleet.codes, first, TURN, None).await?;
        let caught_up = until_projected(pools).await?;
        figure(&format!("caught up after turn {}", turn + 1), &format!("{caught_up:.1?}"));
    }
    let turns = f64::from(u32::try_from(TURNS)?);
    let (through, bare) = (through / turns, bare / turns);
    figure("bare statement, rows/s", &format!("{bare:.0}"));
    figure("through the interface, rows/s", &format!("{through:.0}"));
    at_least("share of the bare statement", through / bare, 0.6);

    let first = fleet.begin_turn();
    let rate = through / 2.0;
    let (sent, lag) = tokio::join!(
        clients::send(address, token, &fleet.codes, first, STEADY, Some(rate)),
        worst_lag(pools, STEADY),
    );
    figure("at half that rate, rows/s", &format!("{:.0}", sent?));
    bounded("read models behind by", lag?.as_secs_f64(), 5.0, "s");

    stage.clear().await
}

pub(crate) async fn until_projected(pools: &Pools) -> Result<Duration, Error> {
    let begun = Instant::now();
    while !projection_lag(&pools.pages).await?.is_zero() {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(begun.elapsed())
}

/// Waits until no past day waits to be judged: that is work of its own, which
/// would be taken for that of what is measured next.
pub(crate) async fn until_judged(pools: &Pools) -> Result<(), Error> {
    let due = "select count(*) from assessment_due";
    while sqlx::query_scalar::<_, i64>(due).fetch_one(&pools.pages).await? > 0 {
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn worst_lag(pools: &Pools, time: Duration) -> Result<Duration, Error> {
    let begun = Instant::now();
    let mut worst = Duration::ZERO;
    while begun.elapsed() < time {
        worst = worst.max(projection_lag(&pools.pages).await?);
        sleep(Duration::from_millis(100)).await;
    }
    Ok(worst)
}
