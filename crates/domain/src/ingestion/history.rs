use jiff::{SignedDuration, Timestamp};

use super::Measurement;
use crate::units::{MeterRegister, Power};

/// What the rules that compare a reading with earlier ones need to know of its
/// device: a few numbers, not the readings.
///
/// It follows the newest reading; late ones neither change it nor are judged
/// by it. An empty history is a valid start: the rules then need some readings
/// before they can say anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeviceHistory {
    newest: Option<Timestamp>,
    register: Option<MeterRegister>,
    /// Less than the register, and not yet confirmed by another reading.
    doubted: Option<MeterRegister>,
    run: Option<Run>,
}

/// A counter that restarted at zero stands below this part of what it had
/// counted before, a tenth, at the reading after it.
const RESTARTED: u64 = 10;

/// What a counter says beside what it said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// As much or more, or nothing is known to compare with.
    Forward,
    /// Less, by a limit at which counters are known to run over.
    Wrapped,
    /// Less, and it goes on from there: reset, or a new meter.
    Reset,
    /// Zero, or less without anything to confirm it. Counters fall for a moment
    /// when their device or its vendor is out of order, and come back.
    Impossible,
}

/// Equal values in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    power: Power,
    since: Timestamp,
    readings: u32,
}

/// Silence that ends a run of equal values: two hours. A logger that comes back
/// after longer may well find the same power by chance.
const RUN_ENDS_AFTER: SignedDuration = SignedDuration::from_hours(2);

impl DeviceHistory {
    /// Takes note of a reading, unless a newer one is already known.
    pub fn observe(&mut self, at: Timestamp, measurement: &Measurement) {
        if !self.precedes(at) {
            return;
        }
        self.run = measurement.power.map(|power| match self.continued(at, power) {
            Some(run) => Run { readings: run.readings + 1, ..run },
            None => Run { power, since: at, readings: 1 },
        });
        if let Some(total) = measurement.energy_total {
            match self.counted(at, total) {
                Counted::Impossible => self.doubted = Some(total),
                Counted::Forward | Counted::Wrapped | Counted::Reset => {
                    self.register = Some(total);
                    self.doubted = None;
                }
            }
        }
        self.newest = Some(at);
    }

    /// What the counter of a reading at this instant says beside the one seen
    /// before it.
    #[must_use]
    pub fn counted(&self, at: Timestamp, register: MeterRegister) -> Counted {
        let Some(earlier) = self.register.filter(|_| self.precedes(at)) else {
            return Counted::Forward;
        };
        if register.since(earlier).is_some() {
            return Counted::Forward;
        }
        if register.wh() == 0 {
            return Counted::Impossible;
        }
        if register.wrapped_since(earlier).is_some() {
            return Counted::Wrapped;
        }
        let confirmed = self.doubted.is_some_and(|doubted| match doubted.wh() {
            // From zero a counter cannot be back at most of what it had counted.
            0 => register.wh() < earlier.wh() / RESTARTED,
            _ => register >= doubted,
        });
        if confirmed { Counted::Reset } else { Counted::Impossible }
    }

    /// How many readings in a row, and over which time, would have shown this
    /// power with a reading at this instant.
    #[must_use]
    pub fn repeats(&self, at: Timestamp, power: Power) -> (u32, SignedDuration) {
        self.continued(at, power).map_or((1, SignedDuration::ZERO), |run| {
            (run.readings + 1, at.duration_since(run.since))
        })
    }

    fn precedes(&self, at: Timestamp) -> bool {
        self.newest.is_none_or(|newest| newest < at)
    }

    fn continued(&self, at: Timestamp, power: Power) -> Option<Run> {
        let newest = self.newest.filter(|newest| *newest < at)?;
        let run = self.run.filter(|run| run.power == power)?;
        (at.duration_since(newest) <= RUN_ENDS_AFTER).then_some(run)
    }
}
