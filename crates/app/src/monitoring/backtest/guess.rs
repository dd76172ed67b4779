//! What files of sites leave open, taken from elsewhere: good enough to replay
//! readings, not to be kept.

use std::collections::HashMap;

use greengrid_domain::fleet::{Location, Site, SiteId};
use greengrid_domain::monitoring::sun;
use greengrid_domain::time::SiteZone;
use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use super::Readings;

/// Distances between readings that are looked at.
const GAPS: usize = 500;
/// Readings are at most an hour apart, rarely closer than some seconds.
const CADENCE_S: std::ops::RangeInclusive<i64> = 10..=3600;
/// The stretch in which readings at night are looked for.
const FIRST_DAYS: SignedDuration = SignedDuration::from_hours(21 * 24);
/// The sun this far below the horizon means night whatever the clock's error.
const NIGHT_BELOW_DEG: f64 = -8.0;
/// A site that reports at night has more readings at night than this share of
/// those by day: 8 of 16 hours in midsummer, half of them lost.
const NIGHTLY: f64 = 0.25;
/// Most people live near this latitude, north or south.
const USUAL_LATITUDE: f64 = 35.0;

/// The usual time between two readings of a site in seconds: the distance most
/// frequent among the first. `None` with too few readings to tell.
#[must_use]
pub fn cadence_s(readings: &Readings, site: SiteId) -> Option<i32> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for instants in readings.instants(site) {
        let mut before: Option<Timestamp> = None;
        for at in instants.take(GAPS) {
            let gap = before.map(|before| at.duration_since(before).as_secs());
            if let Some(gap) = gap.filter(|gap| CADENCE_S.contains(gap)) {
                *counts.entry(gap).or_default() += 1;
            }
            before = Some(at);
        }
    }
    let most = counts.into_iter().max_by_key(|(gap, count)| (*count, std::cmp::Reverse(*gap)));
    most.and_then(|(gap, _)| i32::try_from(gap).ok())
}

/// Whether a site reports at night: whether readings at night are there in its
/// first three weeks.
#[must_use]
pub fn reports_at_night(readings: &Readings, site: &Site) -> bool {
    let (mut night, mut day) = (0.0, 0.0);
    for instants in readings.instants(site.id) {
        let mut instants = instants.peekable();
        let Some(first) = instants.peek().copied() else { continue };
        for at in instants.take_while(|at| at.duration_since(first) < FIRST_DAYS) {
            let sun = sun::position(site.details.location, at);
            if sun.elevation_deg < NIGHT_BELOW_DEG {
                night += 1.0;
            } else if sun.is_up() {
                day += 1.0;
            }
        }
    }
    night > NIGHTLY * day
}

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
