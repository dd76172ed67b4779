use std::path::Path;
use std::sync::Arc;

use axum::Router;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::SiteStore;
use greengrid_domain::observability::Initiator;
use greengrid_infra::demo::{self, ACCOUNTS, DemoError, DemoStores};
pub use greengrid_infra::demo::{DemoFile, DemoSettings};
use greengrid_infra::postgres::Pools;
use greengrid_infra::postgres::demo::PgDemoStore;
use greengrid_infra::runners::Task;
use greengrid_infra::runners::projector::{self, Projector, RebuildError};
use jiff::Timestamp;

use super::{
    Core, Instance, Stores, demo_alerts, demo_cases, demo_notices, demo_polls, demo_quarantine,
    demo_talk, standins,
};
use crate::settings::{DemoAccount, Settings};

/// Told what takes a while: what, how much of it is done, and of how much.
pub type Tell = dyn Fn(&'static str, u64, u64) + Send + Sync;

/// Why there is no demo.
#[derive(Debug, thiserror::Error)]
pub enum NoDemo {
    /// The database is somebody's.
    #[error(
        "the database already holds sites or people that are not of the demo, which would mix \
         invented sites with them; use `greengrid serve`, or an empty database"
    )]
    NotEmpty,
    /// It could not be made.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// The read models could not be derived from its history.
    #[error("the history could not be worked out")]
    Rebuild(#[from] RebuildError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A demo whose history is there and worked out.
pub struct Demo {
    made: demo::Demo,
    /// The use cases by the demo's clock.
    pub core: Core,
}

impl Demo {
    /// Makes the demo in an empty database, or finds the one that is there.
    /// Letters of its first morning link to pages as the pages’ settings say.
    pub async fn open(
        pools: Pools,
        settings: DemoSettings,
        pages: &Settings,
        data_dir: &Path,
        tell: &Tell,
    ) -> Result<Self, NoDemo> {
        let stores = Stores::new(pools, true)?;
        let state = PgDemoStore::new(stores.pools.pages.clone());
        if state.state().await?.is_none() && !is_empty(&stores).await? {
            return Err(NoDemo::NotEmpty);
        }
        let given = DemoStores::builder()
            .demo(state)
            .sites(stores.sites.clone())
            .events(stores.events.clone())
            .identity(stores.identity.clone())
            .build();
        let made = demo::Demo::open(given, settings, data_dir, tell).await?;
        let core = Core::new(stores, made.clock()).await?;
        let this = Self { made, core };
        this.work_out(pages, tell).await?;
        Ok(this)
    }

    /// Derives the read models and judges the sites, so that the first page
    /// has something to show: at first as the morning report finds them, so
    /// that there is something to look back at, and a report since which things
    /// have changed.
    async fn work_out(&self, pages: &Settings, tell: &Tell) -> Result<(), NoDemo> {
        const DERIVING: &str = "Adding up the readings";
        let pool = &self.core.stores.pools.ingest;
        if self.made.is_first() {
            tell(DERIVING, 0, 1);
            let progress = |done, total| tell(DERIVING, done, total);
            projector::rebuild(pool, Initiator::System, &progress).await?;
            let links = pages.links();
            demo_alerts::rules(&self.core, &links).await?;
            self.judge(tell).await?;
            self.cases(pages, demo::opening()).await?;
            demo_alerts::morning(&self.core, pages).await?;
            self.made.open_the_day(tell).await?;
            Projector::project_once(pool).await.map_err(StoreError::new)?;
            self.judge(tell).await?;
            demo_alerts::since(&self.core, &links, self.made.fleet()).await?;
        } else if self.made.filled() > 0 {
            tell(DERIVING, 0, 1);
            Projector::project_once(pool).await.map_err(StoreError::new)?;
        }
        Ok(())
    }

    async fn judge(&self, tell: &Tell) -> Result<(), StoreError> {
        tell("Judging the sites", 0, 1);
        let assessor = self.core.assessor();
        assessor.prepare().await?;
        assessor.assess().await?;
        Ok(())
    }

    /// Stand-ins for the vendors of its sites, and of customers about to join.
    pub fn stand_ins(&self) -> Router {
        let fleet = self.made.fleet();
        standins::stand_ins_of_demo(fleet.seed, fleet.sites.len(), self.made.clock())
    }

    /// Connects some of its sites to their vendors, and makes what happened
    /// before: talk, cases of onboarding, letters, and what could not be read. On the first
    /// start only.
    pub async fn connect(&self, settings: &Settings) -> Result<(), StoreError> {
        let fleet = self.made.fleet();
        if self.made.is_first() {
            demo_quarantine::fill(&self.core, fleet).await?;
            demo_notices::last_month(&self.core, &settings.links(), &settings.secret).await?;
        }
        demo_polls::ensure(&self.core, settings, fleet).await?;
        demo_talk::ensure(&self.core, fleet).await?;
        self.cases(settings, self.core.clock.now()).await
    }

    /// Makes the cases of onboarding as they stand at an instant, unless there are
    /// any.
    async fn cases(&self, settings: &Settings, now: Timestamp) -> Result<(), StoreError> {
        let fleet = self.made.fleet();
        demo_cases::ensure(&self.core, settings, fleet, now).await
    }

    /// Begins to feed: the sites send what they measure.
    pub fn feed(&self, instance: &Instance) {
        let feed = Arc::new(self.made.feed(self.core.ingestion.clone()));
        instance.run_once(Task::DemoFeed, move |turn| {
            let feed = Arc::clone(&feed);
            async move { feed.run(turn).await }
        });
    }

    /// What goes into `demo.json`.
    #[must_use]
    pub fn file(&self, address: &str) -> DemoFile {
        self.made.file(address)
    }

    /// How many sites it has.
    #[must_use]
    pub fn sites(&self) -> usize {
        self.made.fleet().sites.len()
    }
}

/// The accounts of every demo.
#[must_use]
pub fn accounts() -> Vec<DemoAccount> {
    let accounts = ACCOUNTS.iter();
    accounts.map(|it| DemoAccount { email: it.email.to_owned(), role: it.role }).collect()
}

async fn is_empty(stores: &Stores) -> Result<bool, StoreError> {
    let people = stores.identity.users(&greengrid_app::actor::Actor::System).await;
    let people = people.map_err(StoreError::new)?;
    Ok(people.is_empty() && stores.sites.sites().await?.is_empty())
}
