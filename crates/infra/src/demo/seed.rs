//! The demo as a whole: made on the first start, found again on later ones.

use std::path::Path;
use std::sync::Arc;

use greengrid_app::error::StoreError;
use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::identity::{AccountError, Identity};
use greengrid_app::ingestion::Ingestion;
use greengrid_domain::fleet::DeviceKind;
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;

use super::history::fill;
use super::standing::standings;
use super::{
    DemoClock, DemoFile, DemoFleet, Feed, HISTORY_DAYS, Progress, World, accounts, first_look,
    opening, resumption,
};
use crate::postgres::demo::{DemoState, PgDemoStore};
use crate::postgres::ingestion::PgEventStore;

/// Of what the demo is made. What is not given is as it was on the first
/// start, or as usual.
#[derive(Debug, Clone, Copy, PartialEq, bon::Builder)]
pub struct DemoSettings {
    /// From which seed; usually 1.
    pub seed: Option<u64>,
    /// How many sites; usually 200.
    pub sites: Option<usize>,
    /// How many times faster than the clock on the wall.
    #[builder(default = 1.0)]
    pub speed: f64,
    /// How many days of history to make before the day on which it opens.
    #[builder(default = HISTORY_DAYS)]
    pub history_days: u16,
}

/// Most sites a demo can have.
const MOST_SITES: usize = 10_000;
const USUAL_SITES: usize = 200;
const USUAL_SEED: u64 = 1;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database holds another one.
    #[error(
        "this data directory holds a demo of {sites} sites from seed {seed}; leave out the number \
         of sites and the seed, or choose another data directory"
    )]
    Another {
        /// Its seed.
        seed: u64,
        /// Its sites.
        sites: usize,
    },
    /// Too few or too many sites.
    #[error("a demo has 1 to {MOST_SITES} sites")]
    Sites,
    /// The accounts could not be made.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the demo needs to be made.
#[derive(Clone, bon::Builder)]
pub struct DemoStores {
    /// Where it stands.
    pub demo: PgDemoStore,
    /// Its sites.
    pub sites: Arc<dyn SiteStore>,
    /// Its readings.
    pub events: PgEventStore,
    /// Its people.
    pub identity: Identity,
}

/// A demo that is ready: its clock stands until there is a feed.
pub struct Demo {
    world: World,
    clock: Arc<DemoClock>,
    token: String,
    stores: DemoStores,
    first: bool,
    filled: u64,
}

impl Demo {
    /// Makes the demo as it is when its first morning report is due, or finds
    /// the one that was made and fills in what its sites measured since it was
    /// last seen. An interrupted first start goes
    /// on where it stopped. The token of an earlier start is kept if the data
    /// directory still has it.
    pub async fn open(
        stores: DemoStores,
        settings: DemoSettings,
        data_dir: &Path,
        progress: &Progress<'_>,
    ) -> Result<Self, DemoError> {
        let state = begin(&stores.demo, settings).await?;
        let world =
            World::new(Arc::new(DemoFleet::plan(state.seed, state.sites)), settings.history_days);
        if !state.seeded {
            progress("Inventing a fleet", 0, 1);
            let sites = new_sites(world.fleet());
            stores.sites.save(Initiator::System, &sites).await?;
            progress("Inventing a fleet", 1, 1);
            accounts::ensure(&stores.identity, stores.sites.as_ref(), world.fleet()).await?;
        }
        let earlier = DemoFile::read(data_dir).map(|file| file.token);
        let token = accounts::token(&stores.identity, earlier).await?;
        let now = if state.seeded { resumption(state.clock_at) } else { first_look() };
        let filled = fill_up_to(&stores, &world, now, progress).await?;
        stores.demo.keep(now).await?;
        let clock = Arc::new(DemoClock::standing(now, settings.speed));
        Ok(Self { world, clock, token, stores, first: !state.seeded, filled })
    }

    /// After the first look at a demo just made: fills in what its sites
    /// measured until the day opens, and puts the clock on.
    pub async fn open_the_day(&self, progress: &Progress<'_>) -> Result<u64, DemoError> {
        let filled = fill_up_to(&self.stores, &self.world, opening(), progress).await?;
        self.stores.demo.keep(opening()).await?;
        self.clock.put_on(opening());
        Ok(filled)
    }

    /// The demo's clock.
    #[must_use]
    pub fn clock(&self) -> Arc<DemoClock> {
        Arc::clone(&self.clock)
    }

    /// Its fleet.
    #[must_use]
    pub fn fleet(&self) -> &Arc<DemoFleet> {
        self.world.fleet()
    }

    /// Whether it was made by this start, and what is derived from its history
    /// has to be made too. It stays so until the feed runs: a start cut short
    /// in between is done again.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.first
    }

    /// How many readings were filled in.
    #[must_use]
    pub const fn filled(&self) -> u64 {
        self.filled
    }

    /// What goes into `demo.json` when the program answers at this address.
    #[must_use]
    pub fn file(&self, address: &str) -> DemoFile {
        DemoFile::new(address, &self.token, self.fleet())
    }

    /// The live feed, which sends through this door. From here on the clock
    /// runs: what came before, however long it took, is outside of time.
    #[must_use]
    pub fn feed(&self, ingestion: Ingestion) -> Feed {
        self.clock.run();
        Feed::builder()
            .world(self.world.clone())
            .clock(self.clock())
            .ingestion(ingestion)
            .sites(Arc::clone(&self.stores.sites))
            .demo(self.stores.demo.clone())
            .build()
    }
}

async fn begin(demo: &PgDemoStore, settings: DemoSettings) -> Result<DemoState, DemoError> {
    let wanted = (settings.seed.unwrap_or(USUAL_SEED), settings.sites.unwrap_or(USUAL_SITES));
    if !(1..=MOST_SITES).contains(&wanted.1) {
        return Err(DemoError::Sites);
    }
    if demo.state().await?.is_none() {
        demo.begin(wanted.0, wanted.1, opening()).await?;
    }
    let state = demo.state().await?.ok_or_else(|| StoreError::new("the demo is gone"))?;
    let same = settings.seed.is_none_or(|seed| seed == state.seed)
        && settings.sites.is_none_or(|sites| sites == state.sites);
    if same { Ok(state) } else { Err(DemoError::Another { seed: state.seed, sites: state.sites }) }
}

async fn fill_up_to(
    stores: &DemoStores,
    world: &World,
    now: Timestamp,
    progress: &Progress<'_>,
) -> Result<u64, StoreError> {
    let standings = standings(world, stores.sites.as_ref(), &stores.demo).await?;
    fill(world, standings, now, &stores.events, progress).await
}

pub(super) fn new_sites(fleet: &DemoFleet) -> Vec<NewSite> {
    fleet
        .sites
        .iter()
        .map(|site| NewSite {
            code: site.code.clone(),
            details: site.details.clone(),
            devices: site
                .inverters
                .iter()
                .map(|inverter| {
                    let model = Some(inverter.model.to_owned());
                    (DeviceKind::Inverter, inverter.serial.clone(), model)
                })
                .collect(),
        })
        .collect()
}
