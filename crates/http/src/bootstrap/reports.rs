use std::sync::Arc;

use greengrid_app::messages::Links;
use greengrid_app::monitoring::handover::Handovers;
use greengrid_app::monitoring::reports::Reports;
use greengrid_app::onboarding::Onboarding;
use greengrid_infra::postgres::monitoring::{PgHandoverStore, PgReportStore};

use super::Core;
use crate::monitoring::report_press;

/// Morning reports, whose letters link to pages under this address.
pub(super) fn reports(core: &Core, links: Links, onboarding: &Onboarding) -> Reports {
    Reports::builder()
        .directory(core.directory.clone())
        .monitoring(core.monitoring.clone())
        .handovers(handovers(core))
        .store(Arc::new(PgReportStore::new(core.stores.pools.pages.clone())))
        .press(report_press(links))
        .onboarding(Arc::new(onboarding.clone()))
        .build()
}

/// What one shift leaves to the next.
pub(super) fn handovers(core: &Core) -> Handovers {
    let pool = &core.stores.pools.pages;
    Handovers::builder()
        .monitoring(core.monitoring.clone())
        .store(Arc::new(PgHandoverStore::new(pool.clone())))
        .reports(Arc::new(PgReportStore::new(pool.clone())))
        .build()
}
