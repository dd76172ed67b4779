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
use jiff::{SignedDuration, Timestamp};

use super::Core;
use crate::settings::{Secret, Settings};
use crate::standins;

/// An account of an installer with a vendor, behind a stand-in.
#[derive(Debug, Clone, Copy)]
pub struct VendorAccount {
    /// Whose interface.
    pub brand: Brand,
    /// What people call it.
    pub name: &'static str,
    /// What its plan allows.
    pub quota: Quota,
    /// How often each of its sites is asked for.
    pub every: SignedDuration,
}

/// Calls in a minute: enough for all sites of an account at once.
const PER_MINUTE: u32 = 60;

/// Those of the demo.
const ACCOUNTS: [VendorAccount; 3] = [
    account(Brand::SolarEdge, "SolarEdge fleet access", 125_000),
    account(Brand::Fronius, "Fronius Solar.web", 200_000),
    account(Brand::Enphase, "Enphase partner", 150_000),
];

const fn account(brand: Brand, name: &'static str, per_month: u32) -> VendorAccount {
    let quota = Quota { per_minute: PER_MINUTE, per_day: None, per_month: Some(per_month) };
    VendorAccount { brand, name, quota, every: SignedDuration::from_mins(15) }
}

/// Approvals count sites from zero; the one for an account comes after all.
const OF_ACCOUNT: u32 = 1_000_000;

/// Connects the polled sites of the demo to the stand-ins of their vendors,
/// unless anything is connected already.
pub(super) async fn ensure(
    core: &Core,
    settings: &Settings,
    fleet: &DemoFleet,
) -> Result<(), StoreError> {
    let known = credential_store(core, &settings.secret).all().await?;
    if known.iter().any(|credential| ACCOUNTS.iter().any(|it| it.name == credential.name)) {
        return Ok(());
    }
    let polled = fleet.sites.iter().map(|site| site.is_polled);
    let asked = polled.enumerate().filter(|(_, polled)| *polled).map(|(position, _)| position);
    connect_to_stand_ins(core, &settings.secret, fleet, asked, &ACCOUNTS, polled_from())
        .await
        .map(drop)
}

/// Keeps accounts and connects sites of a fleet, by their positions, to the
/// stand-ins of their vendors. Readings are wanted from an instant on. Gives
/// what opens each account.
pub async fn connect_to_stand_ins(
    core: &Core,
    secret: &Secret,
    fleet: &DemoFleet,
    asked: impl IntoIterator<Item = usize>,
    accounts: &[VendorAccount],
    wanted_from: Timestamp,
) -> Result<HashMap<Brand, CredentialId>, StoreError> {
    let connections = PgConnectionStore::new(core.stores.pools.pages.clone());
    let opened = keep(core, &credential_store(core, secret), accounts).await?;
    let sites = core.stores.sites.sites().await?;
    let keys: HashMap<&SiteCode, SiteId> = sites.iter().map(|site| (&site.code, site.id)).collect();
    let now = core.clock.now();
    for position in asked {
        let Some(site) = fleet.sites.get(position) else { continue };
        let brand = site.details.brand;
        let account = accounts.iter().find(|account| account.brand == brand);
        let (Some(credential), Some(site), Some(account)) =
            (opened.get(&brand), keys.get(&site.code), account)
        else {
            continue;
        };
        let external = standins::name_of(brand, position).parse().map_err(StoreError::new)?;
        let new = NewConnection {
            id: core.stores.ids.uuid().into(),
            site: *site,
            brand,
            link: NewLink::Polled { credential: *credential, external },
            cadence: account.every,
            wanted_from,
            first_run: now,
        };
        connections.add(Initiator::System, new).await?;
    }
    Ok(opened)
}

fn credential_store(core: &Core, secret: &Secret) -> PgCredentialStore {
    PgCredentialStore::new(core.stores.pools.pages.clone(), Sealer::new(secret.expose()))
}

/// Keeps what opens each account.
async fn keep(
    core: &Core,
    store: &PgCredentialStore,
    accounts: &[VendorAccount],
) -> Result<HashMap<Brand, CredentialId>, StoreError> {
    let mut opened = HashMap::new();
    for VendorAccount { brand, name, quota, .. } in accounts.iter().copied() {
        let (id, at) = (core.stores.ids.uuid().into(), core.clock.now());
        let new = NewCredential {
            id,
            brand,
            name: name.to_owned(),
            credentials: standins::key(brand, OF_ACCOUNT, at),
            quota,
            at,
        };
        store.add(Initiator::System, new).await?;
        opened.insert(brand, id);
    }
    Ok(opened)
}
