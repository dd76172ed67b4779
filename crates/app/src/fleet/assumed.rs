//! What is assumed of sites where nobody told it.

use greengrid_domain::fleet::{Location, SiteDetails};
use greengrid_domain::time::SiteZone;
use jiff::civil::{Date, date};

/// Most people live near this latitude, north or south.
const USUAL_LATITUDE: f64 = 35.0;

/// Roughly where a site stands that has no place: amid the others of its region
/// and time zone, or else where its time zone is at noon when the sun is.
#[must_use]
pub fn place(zone: &SiteZone, others: &[Location]) -> Option<Location> {
    if others.is_empty() {
        let east = f64::from(standard_offset_s(zone)) / 240.0;
        let latitude = if is_southern(zone) { -USUAL_LATITUDE } else { USUAL_LATITUDE };
        return Location::new(latitude, east.clamp(-180.0, 180.0)).ok();
    }
    let mut all = 0.0;
    let (mut latitude, mut longitude) = (0.0, 0.0);
    for other in others {
        all += 1.0;
        latitude += other.latitude();
        longitude += other.longitude();
    }
    Location::new(latitude / all, longitude / all).ok()
}

/// Puts sites without a place amid those that have one in their region and
/// time zone; where there is none they stay where they were put.
pub fn put_amid<'a>(open: impl Iterator<Item = &'a mut SiteDetails>, placed: &[SiteDetails]) {
    for details in open.filter(|details| details.assumed.place) {
        let near = placed.iter().filter(|other| {
            !other.assumed.place
                && other.region == details.region
                && other.zone.name() == details.zone.name()
        });
        let near: Vec<Location> = near.map(|other| other.location).collect();
        if !near.is_empty() {
            details.location = place(&details.zone, &near).unwrap_or(details.location);
        }
    }
}

const JANUARY: Date = date(2018, 1, 15);
const JULY: Date = date(2018, 7, 15);

fn offset_s(zone: &SiteZone, day: Date) -> i32 {
    zone.local(zone.start_of(day)).offset().seconds()
}

/// The offset without summer time.
fn standard_offset_s(zone: &SiteZone) -> i32 {
    offset_s(zone, JANUARY).min(offset_s(zone, JULY))
}

/// Whether a zone lies south of the equator: its summer time falls into January,
/// or it has none and is one of those whose people live there.
fn is_southern(zone: &SiteZone) -> bool {
    const WITHOUT_SUMMER_TIME: [&str; 12] = [
        "Africa/Gaborone",
        "Africa/Harare",
        "Africa/Johannesburg",
        "Africa/Lusaka",
        "Africa/Maputo",
        "Africa/Windhoek",
        "America/Argentina/",
        "America/La_Paz",
        "America/Lima",
        "Australia/",
        "Indian/",
        "Pacific/Fiji",
    ];
    offset_s(zone, JANUARY) > offset_s(zone, JULY)
        || WITHOUT_SUMMER_TIME.iter().any(|name| zone.name().starts_with(name))
}
