use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::customer::{
    Closing, Memberships, NoticeRounds, Notices, OwnSites, TakeoutRounds, TakeoutStore, Takeouts,
    UnsubscribeKey,
};
use greengrid_app::fleet::Directory;
use greengrid_app::identity::Identity;
use greengrid_app::messages::Links;
use greengrid_app::monitoring::Monitoring;
use greengrid_infra::postgres::Pools;
use greengrid_infra::postgres::customer::{
    PgClosingStore, PgHistoryStore, PgMembershipStore, PgNoticeStore, PgTakeoutStore,
};
use greengrid_infra::postgres::monitoring::PgReadModels;
use greengrid_infra::{RandomIds, ZipArchives};

use super::Core;
use crate::settings::Secret;

/// What the use cases of people with sites are made of.
#[derive(bon::Builder)]
pub struct CustomerParts<'a> {
    pools: &'a Pools,
    directory: &'a Directory,
    monitoring: &'a Monitoring,
    identity: &'a Identity,
    clock: &'a Arc<dyn Clock>,
    links: &'a Links,
    secret: &'a Secret,
}

/// The use cases of people with sites.
pub struct CustomerCases {
    /// Their sites.
    pub own_sites: OwnSites,
    /// Who belongs to which site.
    pub memberships: Memberships,
    /// Which letters they want.
    pub notices: Notices,
    /// All their data in one file.
    pub takeouts: Takeouts,
    /// Closing accounts.
    pub closing: Closing,
}

/// What runs behind them.
pub struct CustomerRounds {
    /// Letters about sites.
    pub notices: NoticeRounds,
    /// Files of people's data.
    pub takeouts: TakeoutRounds,
    /// Where those files are kept.
    pub files: Arc<dyn TakeoutStore>,
}

impl<'a> CustomerParts<'a> {
    /// Of the core's parts.
    #[must_use]
    pub const fn of(core: &'a Core, links: &'a Links, secret: &'a Secret) -> Self {
        Self {
            pools: &core.stores.pools,
            directory: &core.directory,
            monitoring: &core.monitoring,
            identity: core.identity(),
            clock: &core.clock,
            links,
            secret,
        }
    }

    /// The same by another clock.
    #[must_use]
    pub const fn by(self, clock: &'a Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The use cases.
    #[must_use]
    pub fn cases(&self) -> CustomerCases {
        let pages = &self.pools.pages;
        let own_sites = OwnSites::builder()
            .monitoring(self.monitoring.clone())
            .directory(self.directory.clone())
            .read_models(Arc::new(PgReadModels::new(pages.clone())))
            .store(Arc::new(PgHistoryStore::new(pages.clone())))
            .clock(Arc::clone(self.clock))
            .build();
        let memberships = Memberships::builder()
            .sites(own_sites.clone())
            .store(Arc::new(PgMembershipStore::new(pages.clone())))
            .identity(self.identity.clone())
            .ids(Arc::new(RandomIds))
            .links(self.links.clone())
            .build();
        let notices = Notices::builder()
            .store(Arc::new(PgNoticeStore::new(pages.clone())))
            .key(self.key())
            .build();
        let takeouts = Takeouts::builder()
            .store(Arc::new(PgTakeoutStore::new(pages.clone())))
            .ids(Arc::new(RandomIds))
            .build();
        let closing = Closing::builder()
            .identity(self.identity.clone())
            .store(Arc::new(PgClosingStore::new(pages.clone())))
            .build();
        CustomerCases { own_sites, memberships, notices, takeouts, closing }
    }

    /// What runs behind them, on the connections that pages do not need.
    #[must_use]
    pub fn rounds(&self) -> CustomerRounds {
        let pool = &self.pools.ingest;
        let files: Arc<dyn TakeoutStore> = Arc::new(PgTakeoutStore::new(pool.clone()));
        let notices = NoticeRounds::builder()
            .monitoring(self.monitoring.clone())
            .directory(self.directory.clone())
            .history(Arc::new(PgHistoryStore::new(pool.clone())))
            .store(Arc::new(PgNoticeStore::new(pool.clone())))
            .clock(Arc::clone(self.clock))
            .links(self.links.clone())
            .key(self.key())
            .build();
        let takeouts = TakeoutRounds::builder()
            .store(Arc::clone(&files))
            .directory(self.directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .archives(Arc::new(ZipArchives))
            .build();
        CustomerRounds { notices, takeouts, files }
    }

    fn key(&self) -> UnsubscribeKey {
        UnsubscribeKey::derived(self.secret.expose())
    }
}
