use std::sync::Arc;

use greengrid_app::chat::Chat;
use greengrid_app::clock::Clock;
use greengrid_app::error::StoreError;
use greengrid_app::fleet::{Directory, Regions};
use greengrid_app::identity::{Identity, SessionLimits};
use greengrid_app::ids::Ids;
use greengrid_app::ingestion::{Imports, Ingestion, Samples};
use greengrid_app::messages::Messages;
use greengrid_app::monitoring::{Anomalies, AnomalyStore, Assessor, Monitoring, WhatIf};
use greengrid_app::observability::Vitals;
use greengrid_infra::demo::DemoClock;
use greengrid_infra::postgres::chat::PgChatStore;
use greengrid_infra::postgres::demo::PgDemoStore;
use greengrid_infra::postgres::fleet::{PgRegionStore, PgSiteStore};
use greengrid_infra::postgres::identity::{PgSessionStore, identity};
use greengrid_infra::postgres::ingestion::{
    PgEventStore, PgImportStore, PgQuarantineStore, PgSampleTrail,
};
use greengrid_infra::postgres::messages::PgLetterStore;
use greengrid_infra::postgres::monitoring::{
    PgAnomalyStore, PgAssessmentStore, PgPastStore, PgReadModels,
};
use greengrid_infra::postgres::{PgLiveBus, PgVitals, Pools};
use greengrid_infra::{Argon2Passwords, PostLimits, RandomIds, SystemClock};
use jiff::Timestamp;

/// The contracts fulfilled by one database, before anybody asks for the time.
#[derive(Clone)]
pub struct Stores {
    pub(crate) pools: Pools,
    pub(crate) sites: Arc<PgSiteStore>,
    pub(crate) sessions: Arc<PgSessionStore>,
    pub(crate) events: PgEventStore,
    pub(crate) ids: Arc<dyn Ids>,
    /// People, sessions and tokens.
    pub identity: Identity,
}

impl Stores {
    /// The stores of a database. In a demo the password that everybody knows
    /// is good.
    pub fn new(pools: Pools, demo: bool) -> Result<Self, StoreError> {
        let pages = &pools.pages;
        let ids: Arc<dyn Ids> = Arc::new(RandomIds);
        let sessions = Arc::new(PgSessionStore::new(pages.clone(), SessionLimits::default()));
        let identity = identity(pages, Arc::new(Argon2Passwords::strong()?), demo);
        let sites = Arc::new(PgSiteStore::new(pages.clone()));
        let events = PgEventStore::start(pools.ingest.clone());
        Ok(Self { pools, sites, sessions, events, ids, identity })
    }

    /// The stores for one command, beside whatever runs on the database.
    pub async fn beside(pools: Pools) -> Result<Self, StoreError> {
        let demo = Self::hold_demo(&pools).await?;
        Self::new(pools, demo)
    }

    /// Whether the database holds a demo.
    pub async fn hold_demo(pools: &Pools) -> Result<bool, StoreError> {
        Ok(PgDemoStore::new(pools.pages.clone()).state().await?.is_some())
    }
}

/// The use cases, at a certain time.
#[derive(Clone)]
pub struct Core {
    pub(crate) stores: Stores,
    /// The time by which sites are judged.
    pub clock: Arc<dyn Clock>,
    /// All sites.
    pub directory: Directory,
    /// Readings in.
    pub ingestion: Ingestion,
    /// Import of files.
    pub imports: Imports,
    /// Questions about where the fleet stands.
    pub monitoring: Monitoring,
    /// What people do with anomalies.
    pub anomalies: Anomalies,
    /// What other thresholds would have done.
    pub what_if: WhatIf,
    /// The team's conversation.
    pub chat: Chat,
    /// Letters to people.
    pub messages: Messages,
}

impl Core {
    /// The use cases on these stores.
    pub async fn new(stores: Stores, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let directory = Directory::load(stores.sites.clone()).await?;
        let quarantine = Arc::new(PgQuarantineStore::new(stores.pools.pages.clone()));
        let ingestion = Ingestion::builder()
            .directory(directory.clone())
            .events(Arc::new(stores.events.clone()))
            .quarantine(quarantine)
            .clock(Arc::clone(&clock))
            .ids(Arc::clone(&stores.ids))
            .build();
        let imports = Imports::builder()
            .directory(directory.clone())
            .ingestion(ingestion.clone())
            .store(Arc::new(PgImportStore::new(stores.pools.ingest.clone())))
            .ids(Arc::clone(&stores.ids))
            .build();
        let pages = stores.pools.pages.clone();
        let store: Arc<dyn AnomalyStore> = Arc::new(PgAnomalyStore::new(pages.clone()));
        let anomalies = Anomalies::builder()
            .directory(directory.clone())
            .store(Arc::clone(&store))
            .clock(Arc::clone(&clock))
            .ids(Arc::clone(&stores.ids))
            .build();
        let chat = chat(&stores, &directory, Arc::clone(&clock), clock.is_demo());
        let messages = Messages::builder()
            .store(Arc::new(PgLetterStore::new(pages.clone())))
            .demo(clock.is_demo())
            .build();
        let monitoring = Monitoring::builder()
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pages.clone())))
            .assessments(Arc::new(PgAssessmentStore::new(pages.clone())))
            .past(Arc::new(PgPastStore::new(pages.clone())))
            .anomalies(store)
            .clock(Arc::clone(&clock))
            .build();
        // It reads much and hurries nobody: not with the connections of the pages.
        let pool = stores.pools.background.clone();
        let what_if = WhatIf::builder()
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .assessments(Arc::new(PgAssessmentStore::new(pool.clone())))
            .bus(Arc::new(PgLiveBus::new(pool)))
            .clock(Arc::clone(&clock))
            .build();
        Ok(Self {
            stores,
            clock,
            directory,
            ingestion,
            imports,
            monitoring,
            anomalies,
            what_if,
            chat,
            messages,
        })
    }

    /// The use cases of a fleet in the real world.
    pub async fn production(pools: Pools) -> Result<Self, StoreError> {
        Self::new(Stores::new(pools, false)?, Arc::new(SystemClock)).await
    }

    /// The use cases for one command, beside whatever runs on the database.
    /// Of a demo the clock goes on from where it was last seen.
    pub async fn beside(stores: Stores) -> Result<Self, StoreError> {
        let demo = PgDemoStore::new(stores.pools.pages.clone()).state().await?;
        let clock: Arc<dyn Clock> = match demo {
            Some(demo) => {
                let clock = DemoClock::standing(demo.clock_at, 1.0);
                clock.run();
                Arc::new(clock)
            }
            None => Arc::new(SystemClock),
        };
        Self::new(stores, clock).await
    }

    /// A judge of all sites, who has read nothing yet.
    pub(crate) fn assessor(&self) -> Assessor {
        let pool = self.stores.pools.background.clone();
        Assessor::builder()
            .directory(self.directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .assessments(Arc::new(PgAssessmentStore::new(pool.clone())))
            .anomalies(Arc::new(PgAnomalyStore::new(pool)))
            .clock(Arc::clone(&self.clock))
            .ids(Arc::clone(&self.stores.ids))
            .build()
    }

    /// The team's conversation as of an instant, for what is told of the past.
    pub(super) fn chat_at(&self, at: Timestamp) -> Chat {
        let clock = Arc::new(DemoClock::standing(at, 1.0));
        chat(&self.stores, &self.directory, clock, false)
    }

    /// Regions and what energy is worth in them.
    #[must_use]
    pub fn regions(&self) -> Regions {
        Regions::new(Arc::new(PgRegionStore::new(self.stores.pools.pages.clone())))
    }

    /// Readings sent by hand.
    pub(super) fn samples(&self) -> Samples {
        let pages = self.stores.pools.pages.clone();
        Samples::builder()
            .ingestion(self.ingestion.clone())
            .directory(self.directory.clone())
            .read_models(Arc::new(PgReadModels::new(pages.clone())))
            .trail(Arc::new(PgSampleTrail::new(pages)))
            .clock(Arc::clone(&self.clock))
            .build()
    }

    /// How the parts of the program do.
    pub(crate) fn vitals(&self) -> Arc<dyn Vitals> {
        let (pools, events) = (self.stores.pools.clone(), self.stores.events.clone());
        Arc::new(PgVitals::new(pools, events, Arc::clone(&self.clock)))
    }

    /// People, sessions and tokens.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.stores.identity
    }
}

fn chat(stores: &Stores, directory: &Directory, clock: Arc<dyn Clock>, demo: bool) -> Chat {
    let pages = stores.pools.pages.clone();
    Chat::builder()
        .store(Arc::new(PgChatStore::new(pages.clone())))
        .limiter(Arc::new(PostLimits::default()))
        .directory(directory.clone())
        .anomalies(Arc::new(PgAnomalyStore::new(pages)))
        .clock(clock)
        .ids(Arc::clone(&stores.ids))
        .demo(demo)
        .build()
}
