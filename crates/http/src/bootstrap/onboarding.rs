use std::sync::Arc;

use greengrid_app::ingestion::connections::Connections;
use greengrid_app::ingestion::vendors::{OAuthClient, SecretText};
use greengrid_app::onboarding::{CaseStore, Onboarding};
use greengrid_infra::MappedPlaces;
use greengrid_infra::postgres::onboarding::PgCaseStore;
use greengrid_infra::vendors::{Origins, Registrations, Sealer, VendorApprovals};

use super::Core;
use crate::settings::{Settings, VendorClients};

/// The cases of a database.
pub(super) fn case_store(core: &Core, settings: &Settings) -> Arc<dyn CaseStore> {
    let pool = core.stores.pools.pages.clone();
    Arc::new(PgCaseStore::new(pool, Sealer::new(settings.secret.expose())))
}

/// The onboarding of customers, by the clock of the sites.
pub(super) fn onboarding(
    core: &Core,
    settings: &Settings,
    connections: &Connections,
) -> Onboarding {
    let stand_ins = settings.vendor_stand_ins.as_deref();
    let (origins, registrations) = match stand_ins {
        Some(base) => (Origins::stand_ins(base), Registrations::stand_ins()),
        None => (Origins::default(), registrations(&settings.vendor_clients)),
    };
    let sealer = Sealer::new(settings.secret.expose());
    let clock = Arc::clone(&core.clock);
    Onboarding::builder()
        .directory(core.directory.clone())
        .store(case_store(core, settings))
        .connections(connections.clone())
        .identity(core.identity().clone())
        .places(Arc::new(MappedPlaces))
        .approvals(Arc::new(VendorApprovals::new(origins, registrations, sealer, clock)))
        .clock(Arc::clone(&core.clock))
        .ids(Arc::clone(&core.stores.ids))
        .build()
}

fn registrations(clients: &VendorClients) -> Registrations {
    let client = |(id, secret): &(String, String)| OAuthClient {
        id: id.clone(),
        secret: SecretText::new(secret),
    };
    Registrations {
        enphase: clients
            .enphase
            .as_ref()
            .zip(clients.enphase_app_key.as_ref())
            .map(|(of, key)| (client(of), SecretText::new(key))),
        solaredge: clients.solaredge.as_ref().map(client),
    }
}
