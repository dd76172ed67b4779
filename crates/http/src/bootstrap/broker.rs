use std::sync::Arc;

use greengrid_app::ingestion::broker::Broker;
use greengrid_infra::mqtt::{BrokerAddress, BrokerAddressError, Subscriber};
use greengrid_infra::postgres::connections::PgBrokerStore;

use super::Core;
use crate::settings::BrokerSettings;

/// Whether this can be the address of a broker.
pub fn check_broker(url: &str) -> Result<(), BrokerAddressError> {
    url.parse::<BrokerAddress>().map(drop)
}

/// How the broker does.
pub(super) fn broker(core: &Core) -> Broker {
    Broker::new(Arc::new(PgBrokerStore::new(core.stores.pools.pages.clone())))
}

/// Whoever listens to the broker, if there is one.
pub(super) fn subscriber(
    core: &Core,
    broker: &Broker,
    settings: Option<&BrokerSettings>,
) -> Option<Subscriber> {
    let settings = settings?;
    let address = match settings.url.parse::<BrokerAddress>() {
        Ok(address) => address,
        Err(error) => {
            tracing::error!(%error, "nothing is taken from a broker");
            return None;
        }
    };
    let subscriber = Subscriber::builder()
        .address(address)
        .rules(settings.rules.clone().into())
        .ingestion(core.ingestion.clone())
        .broker(broker.clone())
        .directory(core.directory.clone())
        .clock(Arc::clone(&core.clock))
        .build();
    Some(subscriber)
}
