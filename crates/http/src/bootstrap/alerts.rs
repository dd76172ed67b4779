use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::messages::Links;
use greengrid_app::monitoring::alerts::Alerts;
use greengrid_infra::postgres::monitoring::PgAlertStore;

use super::Core;
use crate::monitoring::alert_press;

/// Alert rules, whose letters link to pages under this address.
pub(super) fn alerts(core: &Core, links: Links) -> Alerts {
    alerts_by(core, links, Arc::clone(&core.clock))
}

/// The same by another clock.
pub(super) fn alerts_by(core: &Core, links: Links, clock: Arc<dyn Clock>) -> Alerts {
    Alerts::builder()
        .store(Arc::new(PgAlertStore::new(core.stores.pools.pages.clone())))
        .press(alert_press(links))
        .clock(clock)
        .build()
}
