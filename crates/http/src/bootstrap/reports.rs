use std::sync::Arc;

use greengrid_app::messages::Links;
use greengrid_app::monitoring::reports::Reports;
use greengrid_infra::postgres::monitoring::PgReportStore;

use super::Core;
use crate::monitoring::report_press;

/// Morning reports, whose letters link to pages under this address.
pub(super) fn reports(core: &Core, links: Links) -> Reports {
    Reports::builder()
        .directory(core.directory.clone())
        .monitoring(core.monitoring.clone())
        .store(Arc::new(PgReportStore::new(core.stores.pools.pages.clone())))
        .press(report_press(links))
        .build()
}
