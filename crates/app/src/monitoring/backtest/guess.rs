//! How sites report where their file leaves it open, taken from their readings:
//! good enough to replay them, not to be kept.

use std::collections::HashMap;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::sun;
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
