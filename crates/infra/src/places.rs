use std::sync::LazyLock;

use greengrid_app::onboarding::Places;
use greengrid_domain::fleet::Location;
use greengrid_domain::time::SiteZone;
use tzf_rs::EmbeddedFinder;

/// The map of time zones that the program carries: simplified borders of the
/// Time Zone Boundary Builder, read in place.
static MAP: LazyLock<EmbeddedFinder> = LazyLock::new(EmbeddedFinder::new);

/// Knows the time zone of every place by a map of its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct MappedPlaces;

impl Places for MappedPlaces {
    fn zone_of(&self, place: Location) -> Option<SiteZone> {
        let name = MAP.get_tz_name(place.longitude(), place.latitude());
        // At sea there are only zones of whole hours, which are no place’s.
        if name.starts_with("Etc/") { None } else { name.parse().ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(latitude: f64, longitude: f64, zone: Option<&str>) {
        let found = MappedPlaces.zone_of(Location::new(latitude, longitude).unwrap());
        assert_eq!(found.as_ref().map(SiteZone::name), zone, "{latitude}, {longitude}");
    }

    #[test]
    fn places_have_the_zone_of_their_country() {
        check(53.55, 9.99, Some("Europe/Berlin"));
        check(48.21, 16.37, Some("Europe/Vienna"));
        check(47.37, 8.54, Some("Europe/Zurich"));
        check(32.88, -117.24, Some("America/Los_Angeles"));
        check(-33.87, 151.21, Some("Australia/Sydney"));
        check(0.0, -30.0, None);
    }
}
