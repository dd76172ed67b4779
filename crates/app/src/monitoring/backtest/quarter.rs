use std::collections::BTreeMap;

use greengrid_domain::fleet::DeviceId;
use greengrid_domain::ingestion::{Measurement, Quality, Reason};
use greengrid_domain::monitoring::{IntervalActual, PowerRange};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::Timestamp;

use super::gather::Kept;

/// A quarter hour while its readings are added up, moment by moment.
///
/// Readings of the whole site go before the sum of its devices, as in the
/// projection of the live system.
#[derive(Debug)]
pub(super) struct Quarter {
    interval: Interval,
    cadence_s: i64,
    /// Seconds of a quarter hour that a reading speaks for.
    piece_s: i64,
    /// Quarter hours that a reading speaks for.
    pieces: i64,
    moment: Moment,
    whole: Sum,
    parts: Sum,
    /// The newest counter of each device heard, and whether it produces.
    counters: BTreeMap<DeviceId, (bool, Option<MeterRegister>)>,
    left_out: i64,
    counter_resets: i64,
    faults: i64,
    /// Readings that came again.
    pub(super) repeats: i64,
}

/// What the devices of a site say at one instant.
#[derive(Debug, Default)]
struct Moment {
    whole_j: Option<i64>,
    whole_w: Option<i64>,
    parts_j: Option<i64>,
    /// `None` once a part has no power.
    parts_w: Option<i64>,
    parts: i64,
    parts_that_count: i64,
    parts_with_power: i64,
}

/// The moments of a quarter hour together.
#[derive(Debug, Default)]
struct Sum {
    joules: Option<i64>,
    covered_s: i64,
    powers: Vec<i64>,
}

impl Sum {
    fn add(&mut self, joules: Option<i64>, covered_s: i64, watts: Option<i64>) {
        if let Some(joules) = joules {
            self.joules = Some(self.joules.unwrap_or(0) + joules);
            self.covered_s += covered_s;
        }
        self.powers.extend(watts);
    }

    fn range(&self) -> Option<PowerRange> {
        let (low, high) = self.powers.iter().min().zip(self.powers.iter().max())?;
        let count = i64::try_from(self.powers.len()).unwrap_or(i64::MAX);
        let fits = i64::from(i32::MIN) <= *low && *high <= i64::from(i32::MAX);
        fits.then(|| PowerRange {
            low: Power::from_watts(*low),
            mean: Power::from_watts(divided(self.powers.iter().sum(), count)),
            high: Power::from_watts(*high),
        })
    }
}

impl Quarter {
    pub(super) fn new(interval: Interval, cadence_s: i64) -> Self {
        Self {
            interval,
            cadence_s,
            piece_s: cadence_s.min(Interval::SECONDS),
            pieces: (cadence_s / Interval::SECONDS).max(1),
            moment: Moment::default(),
            whole: Sum::default(),
            parts: Sum::default(),
            counters: BTreeMap::new(),
            left_out: 0,
            counter_resets: 0,
            faults: 0,
            repeats: 0,
        }
    }

    /// Adds a reading in force. Those of one instant follow each other, and
    /// [`Quarter::end_moment`] the last of them.
    pub(super) fn add(&mut self, at: Timestamp, device: DeviceId, kept: &Kept) {
        const GARBAGE: [Reason; 3] =
            [Reason::OutOfRange, Reason::InFuture, Reason::WrongUnitSuspected];
        let Kept { measurement, reasons } = kept;
        let is_inconsistent = reasons.quality() == Quality::Inconsistent;
        let is_garbage = GARBAGE.iter().any(|reason| reasons.contains(*reason));
        let joules = energy_j(measurement, self.cadence_s).filter(|_| !is_inconsistent);
        let watts = power_w(measurement, self.cadence_s).filter(|_| !is_garbage);
        let is_whole = device == DeviceId::WHOLE_SITE;
        let is_part = !is_whole && may_produce(measurement);
        self.moment.add(is_whole, is_part, joules, watts);
        // A reading is counted where it begins.
        if Interval::containing(at) != self.interval {
            return;
        }
        self.left_out += i64::from(is_inconsistent);
        self.counter_resets += i64::from(reasons.contains(Reason::CounterReset));
        self.faults += i64::from(reasons.contains(Reason::InverterFault));
        let says_nothing = is_garbage || reasons.contains(Reason::ImpossibleCounter);
        let counter = measurement.energy_total.filter(|_| !says_nothing);
        let known = self.counters.entry(device).or_default();
        *known = (known.0 || is_part, counter.or(known.1));
    }

    /// Sums up the instant whose readings were added last.
    pub(super) fn end_moment(&mut self) {
        let moment = std::mem::take(&mut self.moment);
        let piece = |joules: Option<i64>| joules.map(|joules| joules / self.pieces);
        self.whole.add(piece(moment.whole_j), self.piece_s, moment.whole_w);
        // A part without a value that counts is unknown, not zero: the sum of
        // the others stands for their share of the time, and says nothing of
        // power.
        let share = if moment.parts > 0 {
            divided(self.piece_s * moment.parts_that_count, moment.parts)
        } else {
            0
        };
        let all_say = moment.parts_with_power == moment.parts;
        let watts = moment.parts_w.filter(|_| all_say);
        self.parts.add(piece(moment.parts_j), share, watts);
    }

    /// The quarter hour as it stands.
    pub(super) fn actual(&self) -> IntervalActual {
        let counted = if self.whole.joules.is_some() { &self.whole } else { &self.parts };
        let wh = divided(counted.joules.unwrap_or(0), 3600);
        IntervalActual {
            interval: self.interval,
            energy: Energy::from_wh(wh.clamp(i64::from(i32::MIN), i64::from(i32::MAX))),
            covered_s: narrow(counted.covered_s.min(Interval::SECONDS)),
            left_out: narrow(self.left_out),
            power: if self.whole.powers.is_empty() { &self.parts } else { &self.whole }.range(),
            register: self.register(),
            counter_resets: narrow(self.counter_resets),
            repeats: narrow(self.repeats),
            faults: narrow(self.faults),
        }
    }

    /// The newest counter; the site's own goes first, then that of all parts
    /// together, where each has one.
    fn register(&self) -> Option<MeterRegister> {
        if let Some((_, Some(whole))) = self.counters.get(&DeviceId::WHOLE_SITE) {
            return Some(*whole);
        }
        let parts = self.counters.values().filter(|(is_part, _)| *is_part);
        let sum = parts.map(|(_, counter)| Some((*counter)?.wh())).sum::<Option<u64>>()?;
        self.counters.values().any(|(is_part, _)| *is_part).then(|| MeterRegister::from_wh(sum))
    }
}

impl Moment {
    fn add(&mut self, is_whole: bool, is_part: bool, joules: Option<i64>, watts: Option<i64>) {
        let sum = |known: &mut Option<i64>, more: Option<i64>| {
            if let Some(more) = more {
                *known = Some(known.unwrap_or(0) + more);
            }
        };
        if is_whole {
            sum(&mut self.whole_j, joules);
            sum(&mut self.whole_w, watts);
        } else {
            sum(&mut self.parts_j, joules);
            self.parts_that_count += i64::from(is_part && joules.is_some());
        }
        if is_part {
            sum(&mut self.parts_w, watts);
            self.parts += 1;
            self.parts_with_power += i64::from(watts.is_some());
        }
    }
}

/// Energy as sent, or power for the time of a reading.
fn energy_j(measurement: &Measurement, cadence_s: i64) -> Option<i64> {
    let sent = measurement.energy.map(|energy| energy.wh() * 3600);
    sent.or(measurement.power.map(|power| power.watts() * cadence_s))
}

/// Power as sent, or that which gives the energy in the time of a reading.
fn power_w(measurement: &Measurement, cadence_s: i64) -> Option<i64> {
    let sent = measurement.power.map(Power::watts);
    sent.or(measurement.energy.map(|energy| energy.wh() * 3600 / cadence_s))
}

/// A device that gives nothing but light and warmth produces nothing.
const fn may_produce(measurement: &Measurement) -> bool {
    measurement.irradiance_wm2.is_none()
        || measurement.power.is_some()
        || measurement.energy.is_some()
        || measurement.energy_total.is_some()
        || measurement.voltage_v.is_some()
}

/// The quotient, to the nearest whole number, and to the even one of two: as a
/// database rounds.
fn divided(sum: i64, by: i64) -> i64 {
    let (floor, rest) = (sum.div_euclid(by), sum.rem_euclid(by));
    match (2 * rest).cmp(&by) {
        std::cmp::Ordering::Less => floor,
        std::cmp::Ordering::Greater => floor + 1,
        std::cmp::Ordering::Equal => floor + floor.rem_euclid(2),
    }
}

fn narrow(count: i64) -> i16 {
    i16::try_from(count).unwrap_or(i16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_to_the_even_number() {
        let rounded: Vec<i64> = [-3, -1, 1, 3, 5].iter().map(|sum| divided(*sum, 2)).collect();

        assert_eq!(rounded, [-2, 0, 0, 2, 2]);
        assert_eq!((divided(5, 3), divided(4, 3), divided(-5, 3)), (2, 1, -2));
    }
}
