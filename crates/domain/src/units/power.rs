use std::iter::Sum;
use std::ops::{Add, Sub};

/// Power in watts, positive when producing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Power(i64);

impl Power {
    /// No power.
    pub const ZERO: Self = Self(0);

    /// Power of this many watts.
    #[must_use]
    pub const fn from_watts(watts: i64) -> Self {
        Self(watts)
    }

    /// Power of this many watts, rounded to the nearest whole one;
    /// not-a-number counts as zero and extremes saturate.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a float-to-int cast saturates")]
    pub fn from_watts_rounded(watts: f64) -> Self {
        Self(watts.round() as i64)
    }

    /// Watts.
    #[must_use]
    pub const fn watts(self) -> i64 {
        self.0
    }

    /// Kilowatts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 W")]
    pub fn kw(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}

impl Add for Power {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Power {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Sum for Power {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// DC capacity of the modules under standard test conditions, in watts peak.
/// Always positive, at most `1 GWp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeakPower(i64);

/// Why a capacity was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("capacity must be above 0 and at most 1,000,000 kWp")]
pub struct PeakPowerError;

impl PeakPower {
    /// 10 kWp, as many a home has.
    pub const OF_A_HOME: Self = Self(10_000);

    /// Capacity of this many kilowatts peak.
    #[expect(clippy::cast_possible_truncation, reason = "bounded before the cast")]
    pub fn from_kwp(kwp: f64) -> Result<Self, PeakPowerError> {
        if kwp > 0.0 && kwp <= 1_000_000.0 {
            Ok(Self(((kwp * 1000.0).round() as i64).max(1)))
        } else {
            Err(PeakPowerError)
        }
    }

    /// Capacity of this many watts peak.
    pub fn from_wp(wp: i64) -> Result<Self, PeakPowerError> {
        if (1..=1_000_000_000).contains(&wp) { Ok(Self(wp)) } else { Err(PeakPowerError) }
    }

    /// Watts peak.
    #[must_use]
    pub const fn wp(self) -> i64 {
        self.0
    }

    /// Kilowatts peak.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 1e9")]
    pub fn kwp(self) -> f64 {
        self.0 as f64 / 1000.0
    }
}
