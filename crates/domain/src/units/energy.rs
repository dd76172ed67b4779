use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub};

use super::Power;

/// Energy in watt-hours. Negative values are possible as differences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Energy(i64);

impl Energy {
    /// No energy.
    pub const ZERO: Self = Self(0);

    /// Energy of this many watt-hours.
    #[must_use]
    pub const fn from_wh(wh: i64) -> Self {
        Self(wh)
    }

    /// Energy of this many watt-hours, rounded to the nearest whole one;
    /// not-a-number counts as zero and extremes saturate.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a float-to-int cast saturates")]
    pub fn from_wh_rounded(wh: f64) -> Self {
        Self(wh.round() as i64)
    }

    /// What this power amounts to when held for a number of seconds.
    #[must_use]
    pub fn of(power: Power, seconds: i64) -> Self {
        Self(power.watts() * seconds / 3600)
    }

    /// Watt-hours.
    #[must_use]
    pub const fn wh(self) -> i64 {
        self.0
    }

    /// Kilowatt-hours.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 Wh")]
    pub fn kwh(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl Add for Energy {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Energy {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Energy {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Energy {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// Counters of 32 bits that count watt-seconds run over at this many watt-hours,
/// as those of Enphase's local gateways do: 2^32 / 3,600.
const RUNS_OVER_AT: u64 = (1 << 32) / 3_600;

/// The most that is counted between two readings around such a moment: what a
/// home makes in a good day.
const COUNTED_AROUND: u64 = 100_000;

/// A meter register in watt-hours, counting up since installation. Only the
/// difference of two readings is energy; see [`MeterRegister::since`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeterRegister(u64);

impl MeterRegister {
    /// The register showing this many watt-hours.
    #[must_use]
    pub const fn from_wh(wh: u64) -> Self {
        Self(wh)
    }

    /// What the register shows, in watt-hours.
    #[must_use]
    pub const fn wh(self) -> u64 {
        self.0
    }

    /// Energy counted since an earlier reading, or `None` when the register
    /// went backwards (reset or replaced).
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<Energy> {
        let wh = self.0.checked_sub(earlier.0)?;
        i64::try_from(wh).ok().map(Energy)
    }

    /// Energy counted since an earlier reading that shows more because the
    /// register has run over in between; `None` where that is not what
    /// happened.
    #[must_use]
    pub fn wrapped_since(self, earlier: Self) -> Option<Energy> {
        let fell = earlier.0.checked_sub(self.0)?;
        let counted = RUNS_OVER_AT.checked_sub(fell).filter(|wh| *wh <= COUNTED_AROUND)?;
        i64::try_from(counted).ok().map(Energy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_gives_energy_only_forwards() {
        let early = MeterRegister::from_wh(1_000);
        let late = MeterRegister::from_wh(1_250);

        assert_eq!(late.since(early), Some(Energy::from_wh(250)));
        assert_eq!(early.since(late), None);
    }

    #[test]
    fn a_register_that_ran_over_gives_what_it_counted_meanwhile() {
        let check = |earlier, later, expected: Option<i64>| {
            let (earlier, later) = (MeterRegister(earlier), MeterRegister(later));
            assert_eq!(later.wrapped_since(earlier), expected.map(Energy::from_wh));
        };
        check(1_300_000, 107_000, Some(46));
        check(5_000_000, 3_806_954, Some(0));
        check(1_300_000, 106_953, None);
        check(1_300_000, 900_000, None);
        check(900_000, 1_300_000, None);
    }

    #[test]
    fn power_held_for_a_quarter_hour_is_a_quarter_of_its_hour() {
        assert_eq!(Energy::of(Power::from_watts(4_000), 900), Energy::from_wh(1_000));
    }
}
