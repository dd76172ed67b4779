use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::{MaintenanceScope, MaintenanceWindow};
use jiff::Timestamp;

/// When work is planned at which sites.
#[derive(Debug)]
pub(super) struct MaintenanceSpans<'a>(&'a [MaintenanceWindow]);

impl<'a> MaintenanceSpans<'a> {
    pub(super) const fn new(windows: &'a [MaintenanceWindow]) -> Self {
        Self(windows)
    }

    /// The spans that concern a site.
    pub(super) fn of(&self, site: &Site) -> Vec<(Timestamp, Timestamp)> {
        let concerns = |window: &&MaintenanceWindow| match window.scope() {
            MaintenanceScope::Site(at) => *at == site.id,
            MaintenanceScope::Region(region) => *region == site.details.region,
        };
        self.0.iter().filter(concerns).map(|window| (window.from(), window.to())).collect()
    }
}
