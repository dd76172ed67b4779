use std::sync::Arc;

use greengrid_app::identity::factors::SecondFactors;
use greengrid_infra::postgres::identity::PgFactorStore;
use greengrid_infra::{Sealer, SystemClock};

use super::Core;
use crate::settings::Secret;

/// Second factors of people. What their apps share with us is sealed by the
/// server's secret; codes go by the time of the world, also in a demo.
#[must_use]
pub fn factors(core: &Core, secret: &Secret) -> SecondFactors {
    let store =
        PgFactorStore::new(core.stores.pools.pages.clone(), Sealer::of_factors(secret.expose()));
    SecondFactors::builder()
        .identity(core.identity().clone())
        .store(Arc::new(store))
        .wall(Arc::new(SystemClock))
        .build()
}
