use jiff::{SignedDuration, Timestamp};

use super::note::Note;
use crate::fleet::{RegionCode, Site, SiteId};
use crate::ids::uuid_id;

uuid_id! {
    /// Which maintenance window.
    MaintenanceId
}

/// Where work is planned.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MaintenanceScope {
    /// At one site.
    Site(SiteId),
    /// At every site of a region.
    Region(RegionCode),
}

/// Planned work: nobody needs to hear of what happens in it, and it counts
/// neither for the baseline nor for availability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Which.
    pub id: MaintenanceId,
    scope: MaintenanceScope,
    from: Timestamp,
    to: Timestamp,
    why: Note,
}

/// Why a window was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MaintenanceError {
    /// It ends before it begins.
    #[error("the end of the work must come after its begin")]
    Backwards,
    /// It is longer than [`MaintenanceWindow::LONGEST`].
    #[error("planned work lasts at most 31 days; a longer pause hides what breaks meanwhile")]
    TooLong,
}

impl MaintenanceWindow {
    /// The longest window.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(31 * 24);

    /// A window from one instant up to another.
    pub fn new(
        id: MaintenanceId,
        scope: MaintenanceScope,
        from: Timestamp,
        to: Timestamp,
        why: Note,
    ) -> Result<Self, MaintenanceError> {
        if to <= from {
            return Err(MaintenanceError::Backwards);
        }
        if to.duration_since(from) > Self::LONGEST {
            return Err(MaintenanceError::TooLong);
        }
        Ok(Self { id, scope, from, to, why })
    }

    /// Where.
    #[must_use]
    pub const fn scope(&self) -> &MaintenanceScope {
        &self.scope
    }

    /// From when on.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Up to when.
    #[must_use]
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// What is done.
    #[must_use]
    pub const fn why(&self) -> &Note {
        &self.why
    }

    /// Whether it is meant for a site.
    #[must_use]
    pub fn concerns(&self, site: &Site) -> bool {
        match &self.scope {
            MaintenanceScope::Site(id) => *id == site.id,
            MaintenanceScope::Region(region) => *region == site.details.region,
        }
    }

    /// Whether it holds an instant.
    #[must_use]
    pub fn covers(&self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&at)
    }
}

/// The window that covers a site at an instant, if there is one.
#[must_use]
pub fn planned<'a>(
    windows: &'a [MaintenanceWindow],
    site: &Site,
    at: Timestamp,
) -> Option<&'a MaintenanceWindow> {
    windows.iter().find(|window| window.covers(at) && window.concerns(site))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::testing;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn window(scope: MaintenanceScope, to: &str) -> Result<MaintenanceWindow, MaintenanceError> {
        let why = "New inverter".parse().unwrap();
        MaintenanceWindow::new(
            uuid::Uuid::nil().into(),
            scope,
            at("2026-06-12T06:00:00Z"),
            at(to),
            why,
        )
    }

    #[test]
    fn a_window_holds_its_begin_and_not_its_end() {
        let site = testing::site(7);
        let windows = [window(MaintenanceScope::Site(site.id), "2026-06-12T10:00:00Z").unwrap()];

        let held = |instant| planned(&windows, &site, at(instant)).is_some();

        assert!(held("2026-06-12T06:00:00Z") && held("2026-06-12T09:59:59Z"));
        assert!(!held("2026-06-12T10:00:00Z") && !held("2026-06-12T05:59:59Z"));
    }

    #[test]
    fn a_window_of_a_region_holds_for_its_sites_alone() {
        let south = MaintenanceScope::Region("south".parse().unwrap());
        let north = MaintenanceScope::Region("north".parse().unwrap());
        let noon = at("2026-06-12T08:00:00Z");
        let held = |scope| {
            let windows = [window(scope, "2026-06-12T10:00:00Z").unwrap()];
            planned(&windows, &testing::site(7), noon).is_some()
        };

        assert!(held(south));
        assert!(!held(north));
        assert!(!held(MaintenanceScope::Site(8.into())));
    }

    #[test]
    fn a_window_that_ends_before_it_begins_or_never_ends_is_refused() {
        let scope = || MaintenanceScope::Site(1.into());

        assert_eq!(window(scope(), "2026-06-12T06:00:00Z"), Err(MaintenanceError::Backwards));
        assert_eq!(window(scope(), "2026-07-14T06:00:00Z"), Err(MaintenanceError::TooLong));
    }
}
