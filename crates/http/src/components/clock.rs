use greengrid_app::clock::Clock;
use greengrid_app::fleet::FleetSnapshot;
use greengrid_domain::time::SiteZone;
use jiff::Timestamp;
use maud::{Markup, html};

use super::format;

/// The clock of a page: what time it is for the sites it shows.
#[derive(Debug, Clone)]
pub(crate) struct PageClock {
    /// The present instant.
    pub(crate) now: Timestamp,
    /// The zone in which the page tells times.
    pub(crate) zone: SiteZone,
    /// Seconds of this clock in a second of the wall clock.
    pub(crate) speed: f64,
    /// Whether it is the demo's own clock.
    pub(crate) demo: bool,
}

impl PageClock {
    /// What a clock shows in a zone.
    pub(crate) fn read(clock: &dyn Clock, zone: SiteZone) -> Self {
        Self { now: clock.now(), zone, speed: clock.speed(), demo: clock.is_demo() }
    }

    /// What a clock shows in the zone of most sites.
    pub(crate) fn of_fleet(clock: &dyn Clock, fleet: &FleetSnapshot) -> Self {
        Self::read(clock, fleet.usual_zone())
    }

    /// The time of day, which scripts keep running.
    pub(crate) fn time(&self) -> Markup {
        html! {
            time data-clock data-now=(self.now.as_millisecond()) data-speed=(self.speed) data-zone=(self.zone.name()) {
                (format::time_with_seconds(self.now, &self.zone))
            }
        }
    }
}
