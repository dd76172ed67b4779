use std::sync::Arc;

use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::connections::{Connections, Poller};
use greengrid_infra::postgres::connections::{
    PgConnectionStore, PgContractStore, PgCredentialStore, PgVendorFacts,
};
use greengrid_infra::vendors::{Origins, Sealer, VendorGateways};

use super::Core;
use crate::settings::Secret;

/// The links of sites to their vendors. What opens them is sealed by the
/// server's secret. With `stand_ins`, an address on this machine, it is those
/// that are called in the place of the vendors.
#[must_use]
pub fn connections(core: &Core, secret: &Secret, stand_ins: Option<&str>) -> Connections {
    let pool = core.stores.pools.pages.clone();
    let origins = stand_ins.map_or_else(Origins::default, Origins::stand_ins);
    let sealer = Sealer::new(secret.expose());
    let gateways = VendorGateways::new(origins, Arc::clone(&core.clock)).watched_by(canary(core));
    let store = Arc::new(PgConnectionStore::new(pool.clone()));
    Connections::builder()
        .directory(core.directory.clone())
        .store(Arc::clone(&store) as _)
        .incidents(store)
        .facts(Arc::new(PgVendorFacts::new(pool.clone())))
        .credentials(Arc::new(PgCredentialStore::new(pool, sealer)))
        .gateways(Arc::new(gateways))
        .clock(Arc::clone(&core.clock))
        .ids(Arc::clone(&core.stores.ids))
        .build()
}

/// Whether the vendors answer as they are known to.
pub(super) fn canary(core: &Core) -> Canary {
    let store = PgContractStore::new(core.stores.pools.pages.clone());
    Canary::new(Arc::new(store), Arc::clone(&core.clock))
}

/// Whoever polls the vendors.
pub(super) fn poller(core: &Core, connections: &Connections) -> Poller {
    Poller::builder().connections(connections.clone()).ingestion(core.ingestion.clone()).build()
}
