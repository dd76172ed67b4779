use std::sync::Arc;

use greengrid_app::error::StoreError;
use greengrid_app::messages::webhooks::{Courier, Webhooks};
use greengrid_infra::postgres::messages::webhooks::PgWebhookStore;
use greengrid_infra::webhooks::HttpWebhooks;
use greengrid_infra::{Sealer, SystemClock};

use super::Core;
use crate::settings::Settings;

fn store(core: &Core, settings: &Settings) -> Arc<PgWebhookStore> {
    let sealer = Sealer::of_webhooks(settings.secret.expose());
    Arc::new(PgWebhookStore::new(core.stores.pools.pages.clone(), sealer))
}

/// Webhooks, whose secrets are sealed by the server's secret.
pub(super) fn webhooks(core: &Core, settings: &Settings) -> Webhooks {
    Webhooks::builder()
        .store(store(core, settings))
        .ids(Arc::clone(&core.stores.ids))
        .wall(Arc::new(SystemClock))
        .own(settings.webhook_networks.clone())
        .build()
}

/// Whoever posts to webhooks. They are signed by the time of the world, also in
/// a demo.
pub(super) fn courier(core: &Core, settings: &Settings) -> Result<Courier, StoreError> {
    let gateway = HttpWebhooks::new(settings.webhook_networks.clone(), Arc::new(SystemClock));
    Ok(Courier::builder()
        .store(store(core, settings))
        .gateway(Arc::new(gateway.map_err(StoreError::new)?))
        .build())
}
