use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use greengrid_domain::fleet::{DeviceId, Site};
use greengrid_domain::ingestion::{DeviceHistory, Measurement, Reasons, classify};
use greengrid_domain::monitoring::IntervalActual;
use greengrid_domain::time::Interval;
use jiff::{SignedDuration, Timestamp};

use super::Arrival;
use super::quarter::Quarter;

/// Gathers the readings of a site into quarter hours, as the projection of the
/// live system does from its log.
#[derive(Debug)]
pub struct Gatherer {
    site: Arc<Site>,
    /// Quarter hours that one reading speaks for.
    pieces: i64,
    devices: HashMap<DeviceId, DeviceHistory>,
    readings: BTreeMap<(Timestamp, DeviceId), Kept>,
    repeats: BTreeMap<Interval, i64>,
    changed: BTreeSet<Interval>,
}

/// A reading in force.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) measurement: Measurement,
    pub(super) reasons: Reasons,
}

impl Gatherer {
    /// Nothing has been received of this site yet.
    #[must_use]
    pub fn new(site: Arc<Site>) -> Self {
        Self {
            pieces: (i64::from(site.details.cadence_s) / Interval::SECONDS).max(1),
            site,
            devices: HashMap::new(),
            readings: BTreeMap::new(),
            repeats: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Takes in a reading. The latest of a device and an instant is in force;
    /// one that comes again with equal values changes nothing but its count.
    pub fn put(&mut self, arrival: Arrival) {
        let Arrival { measured_at, device, measurement } = arrival;
        let history = self.devices.entry(device).or_default();
        let reasons = classify(&self.site.details, measured_at, &measurement, history);
        history.observe(measured_at, &measurement);
        let interval = Interval::containing(measured_at);
        let fresh = Kept { measurement, reasons };
        match self.readings.entry((measured_at, device)) {
            Entry::Vacant(place) => {
                place.insert(fresh);
            }
            Entry::Occupied(mut known) => {
                *self.repeats.entry(interval).or_default() += 1;
                if known.get().measurement != fresh.measurement {
                    known.insert(fresh);
                }
            }
        }
        self.changed.extend(interval.until(interval.offset(self.pieces)));
    }

    /// Forgets what is older than this, once it is worth the work.
    pub(super) fn forget_before(&mut self, oldest: Interval) {
        const WORTH_IT: usize = 2_000;
        let begins = |first: &Timestamp| *first < oldest.offset(-2 * Interval::PER_DAY).start();
        if self.readings.len() > WORTH_IT
            && self.readings.first_key_value().is_some_and(|((first, _), _)| begins(first))
        {
            self.readings = self.readings.split_off(&(oldest.start(), DeviceId::WHOLE_SITE));
            self.repeats = self.repeats.split_off(&oldest);
        }
    }

    /// The quarter hours that changed since the last time.
    pub fn changed(&mut self) -> Vec<IntervalActual> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|interval| self.gather(interval)).collect()
    }

    fn gather(&self, interval: Interval) -> IntervalActual {
        let mut quarter = Quarter::new(interval, i64::from(self.site.details.cadence_s.max(1)));
        // A reading of an hour also speaks for the quarter hours after it.
        let from = interval.offset(1 - self.pieces).start();
        let last = interval.end() - SignedDuration::from_nanos(1);
        let before = (from, DeviceId::WHOLE_SITE)..=(last, DeviceId::from(i32::MAX));
        let mut readings = self.readings.range(before).peekable();
        while let Some(((at, device), kept)) = readings.next() {
            quarter.add(*at, *device, kept);
            if readings.peek().is_none_or(|((next, _), _)| next != at) {
                quarter.end_moment();
            }
        }
        quarter.repeats = self.repeats.get(&interval).copied().unwrap_or(0);
        quarter.actual()
    }
}
