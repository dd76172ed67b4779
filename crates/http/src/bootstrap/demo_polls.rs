use std::collections::HashMap;

use greengrid_app::error::StoreError;
use greengrid_app::fleet::SiteStore;
use greengrid_app::ingestion::connections::{
    ConnectionStore, CredentialStore, NewConnection, NewCredential, NewLink,
};
use greengrid_domain::fleet::{Brand, SiteCode, SiteId};
use greengrid_domain::ingestion::{CredentialId, Quota};
use greengrid_domain::observability::Initiator;
use greengrid_infra::demo::{DemoFleet, polled_from};
use greengrid_infra::postgres::connections::{PgConnectionStore, PgCredentialStore};
use greengrid_infra::vendors::Sealer;
use jiff::SignedDuration;

use super::Core;
use crate::settings::Settings;
use crate::standins;

/// The accounts of the installer with each vendor, and what their plans allow
/// in a month.
const ACCOUNTS: [(Brand, &str, u32); 3] = [
    (Brand::SolarEdge, "SolarEdge fleet access", 125_000),
    (Brand::Fronius, "Fronius Solar.web", 200_000),
    (Brand::Enphase, "Enphase partner", 150_000),
];

/// Calls in a minute: enough for all sites of an account at once.
const PER_MINUTE: u32 = 60;

/// How often each site is asked for.
const EVERY: SignedDuration = SignedDuration::from_mins(15);

/// Approvals count sites from zero; the one for an account comes after all.
const OF_ACCOUNT: u32 = 1_000_000;

/// Connects the polled sites of the demo to the stand-ins of their vendors,
/// unless anything is connected already.
pub(super) async fn ensure(
    core: &Core,
    settings: &Settings,
    fleet: &DemoFleet,
) -> Result<(), StoreError> {
    let pool = core.stores.pools.pages.clone();
    let sealer = Sealer::new(settings.secret.expose());
    let connections = PgConnectionStore::new(pool.clone());
    let credentials = PgCredentialStore::new(pool, sealer);
    let known = credentials.all().await?;
    if known.iter().any(|credential| ACCOUNTS.iter().any(|(_, name, _)| *name == credential.name)) {
        return Ok(());
    }
    let accounts = accounts(core, &credentials).await?;
    let sites = core.stores.sites.sites().await?;
    let keys: HashMap<&SiteCode, SiteId> = sites.iter().map(|site| (&site.code, site.id)).collect();
    let now = core.clock.now();
    let polled = fleet.sites.iter().enumerate().filter(|(_, site)| site.is_polled);
    for (position, site) in polled {
        let brand = site.details.brand;
        let (Some(credential), Some(site)) = (accounts.get(&brand), keys.get(&site.code)) else {
            continue;
        };
        let external = standins::name_of(brand, position).parse().map_err(StoreError::new)?;
        let new = NewConnection {
            id: core.stores.ids.uuid().into(),
            site: *site,
            brand,
            link: NewLink::Polled { credential: *credential, external },
            cadence: EVERY,
            wanted_from: polled_from(),
            first_run: now,
        };
        connections.add(Initiator::System, new).await?;
    }
    Ok(())
}

/// Keeps what opens each account.
async fn accounts(
    core: &Core,
    store: &PgCredentialStore,
) -> Result<HashMap<Brand, CredentialId>, StoreError> {
    let mut accounts = HashMap::new();
    for (brand, name, per_month) in ACCOUNTS {
        let (id, at) = (core.stores.ids.uuid().into(), core.clock.now());
        let new = NewCredential {
            id,
            brand,
            name: name.to_owned(),
            credentials: standins::key(brand, OF_ACCOUNT, at),
            quota: Quota { per_minute: PER_MINUTE, per_month: Some(per_month) },
            at,
        };
        store.add(Initiator::System, new).await?;
        accounts.insert(brand, id);
    }
    Ok(accounts)
}
