//! The thresholds that can be tried with another value. Each rule keeps its own
//! with the reason for it; here they are named for those who ask.

use strum::{EnumCount, IntoEnumIterator};

use super::{
    AnomalyKind, clock_shift, comm_gap, curtailment, night_production, outage, soiling_drift,
    step_loss, stuck_sensor,
};

/// A threshold by which a rule decides.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::EnumCount,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Threshold {
    /// Silent quarter hours before it is a communication gap.
    CommGapSilent,
    /// Quarter hours without production before a site counts as off.
    OutageOff,
    /// Share that has to be missing before it is a loss, per cent.
    LossLeast,
    /// How far below the usual days a loss has to lie, standard deviations.
    LossSure,
    /// Share that has to be lost slowly before it is told, per cent.
    SlowLossLeast,
    /// Quarter hours at one level before it is a limit.
    CurtailmentHeld,
    /// Equal quarter hours before a value is stuck.
    StuckEqual,
    /// Power at night before it is told, per cent of the capacity.
    NightAbove,
    /// Minutes by which a clock has to be off.
    ClockLeast,
}

/// The widest unit of a threshold: quarter hours, per cent and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThresholdUnit {
    /// Quarter hours, whole ones.
    QuarterHours,
    /// Per cent.
    Percent,
    /// Minutes, whole ones.
    Minutes,
    /// Standard deviations.
    Deviations,
}

impl ThresholdUnit {
    /// How it is written behind a number.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::QuarterHours => "quarter hours",
            Self::Percent => "%",
            Self::Minutes => "min",
            Self::Deviations => "σ",
        }
    }

    /// Whether only whole numbers make sense.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::QuarterHours | Self::Minutes)
    }
}

impl Threshold {
    /// The kind whose rule it belongs to; a loss of a share has two names, of
    /// which this is the first.
    #[must_use]
    pub const fn kind(self) -> AnomalyKind {
        match self {
            Self::CommGapSilent => AnomalyKind::CommGap,
            Self::OutageOff => AnomalyKind::Outage,
            Self::LossLeast | Self::LossSure => AnomalyKind::StringLoss,
            Self::SlowLossLeast => AnomalyKind::SoilingDrift,
            Self::CurtailmentHeld => AnomalyKind::Curtailment,
            Self::StuckEqual => AnomalyKind::StuckSensor,
            Self::NightAbove => AnomalyKind::NightProduction,
            Self::ClockLeast => AnomalyKind::ClockShift,
        }
    }

    /// What it is, in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::CommGapSilent => "silence",
            Self::OutageOff => "time without production",
            Self::LossLeast => "least share missing",
            Self::LossSure => "certainty of the loss",
            Self::SlowLossLeast => "least share lost",
            Self::CurtailmentHeld => "time at one level",
            Self::StuckEqual => "time at the same value",
            Self::NightAbove => "power at night, of capacity",
            Self::ClockLeast => "least deviation",
        }
    }

    /// Its unit.
    #[must_use]
    pub const fn unit(self) -> ThresholdUnit {
        match self {
            Self::CommGapSilent | Self::OutageOff | Self::CurtailmentHeld | Self::StuckEqual => {
                ThresholdUnit::QuarterHours
            }
            Self::LossLeast | Self::SlowLossLeast | Self::NightAbove => ThresholdUnit::Percent,
            Self::LossSure => ThresholdUnit::Deviations,
            Self::ClockLeast => ThresholdUnit::Minutes,
        }
    }

    /// The value the rules go by.
    #[must_use]
    pub fn usual(self) -> f64 {
        let quarters = |count: usize| super::super::stats::count(count);
        match self {
            Self::CommGapSilent => quarters(comm_gap::SILENT),
            Self::OutageOff => quarters(outage::OFF),
            Self::LossLeast => 100.0 * step_loss::LEAST,
            Self::LossSure => step_loss::SURE,
            Self::SlowLossLeast => 100.0 * soiling_drift::LEAST,
            Self::CurtailmentHeld => quarters(curtailment::HELD),
            Self::StuckEqual => quarters(stuck_sensor::EQUAL),
            Self::NightAbove => 100.0 * night_production::ABOVE,
            Self::ClockLeast => f64::from(clock_shift::LEAST_MIN),
        }
    }

    /// The least and the most that make sense.
    #[must_use]
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::CommGapSilent => (2.0, 96.0),
            Self::OutageOff => (1.0, 24.0),
            Self::LossLeast => (3.0, 50.0),
            Self::LossSure => (2.0, 12.0),
            Self::SlowLossLeast => (3.0, 40.0),
            Self::CurtailmentHeld => (3.0, 24.0),
            Self::StuckEqual => (2.0, 48.0),
            Self::NightAbove => (0.1, 10.0),
            Self::ClockLeast => (10.0, 240.0),
        }
    }
}

/// A value of a threshold makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ThresholdError {
    /// It lies outside of [`Threshold::range`].
    #[error("the value must lie between {0} and {1}")]
    OutOfRange(f64, f64),
    /// Only whole numbers make sense.
    #[error("the value must be a whole number")]
    NotWhole,
}

/// The values of all thresholds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds([f64; Threshold::COUNT]);

impl Default for Thresholds {
    /// Those the rules go by.
    fn default() -> Self {
        let mut values = [0.0; Threshold::COUNT];
        for (value, threshold) in values.iter_mut().zip(Threshold::iter()) {
            *value = threshold.usual();
        }
        Self(values)
    }
}

impl Thresholds {
    /// The same with another value of one, in its unit.
    pub fn with(mut self, threshold: Threshold, value: f64) -> Result<Self, ThresholdError> {
        let (least, most) = threshold.range();
        if !(least..=most).contains(&value) {
            return Err(ThresholdError::OutOfRange(least, most));
        }
        if threshold.unit().is_whole() && value.fract() != 0.0 {
            return Err(ThresholdError::NotWhole);
        }
        self.0[threshold as usize] = value;
        Ok(self)
    }

    /// A value in its unit.
    #[must_use]
    pub const fn get(&self, threshold: Threshold) -> f64 {
        self.0[threshold as usize]
    }

    /// A value in per cent as a share.
    pub(super) const fn share(&self, threshold: Threshold) -> f64 {
        self.get(threshold) / 100.0
    }

    /// A value that counts something.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, positive and small by its range"
    )]
    pub(super) const fn count(&self, threshold: Threshold) -> usize {
        self.get(threshold) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitoring::testing::{World, clear, kinds};

    #[test]
    fn the_usual_values_make_sense() {
        for threshold in Threshold::iter() {
            let usual = threshold.usual();
            let with = Thresholds::default().with(threshold, usual);
            assert_eq!(with, Ok(Thresholds::default()), "{threshold}");
        }
    }

    #[test]
    fn values_that_make_no_sense_are_refused() {
        let of = |value| Thresholds::default().with(Threshold::OutageOff, value);

        assert_eq!(of(0.0), Err(ThresholdError::OutOfRange(1.0, 24.0)));
        assert_eq!(of(f64::NAN), Err(ThresholdError::OutOfRange(1.0, 24.0)));
        assert_eq!(of(2.5), Err(ThresholdError::NotWhole));
        assert!(Thresholds::default().with(Threshold::LossLeast, 7.5).is_ok());
    }

    #[test]
    fn the_rules_go_by_the_values_given() {
        let mut world = World::under(clear).losing("06-12T10:30", "06-13T00:00", 0.0);
        let found = |world: &World, now: &str| kinds(&world.look(now));
        assert_eq!(found(&world, "06-12T11:15"), [AnomalyKind::Outage]);

        world.thresholds = world.thresholds.with(Threshold::OutageOff, 8.0).unwrap();
        assert!(!found(&world, "06-12T11:15").contains(&AnomalyKind::Outage));
        assert_eq!(found(&world, "06-12T12:45"), [AnomalyKind::Outage]);
    }

    #[test]
    fn a_loss_below_the_least_is_none() {
        let mut world = World::under(clear).losing("06-09T00:00", "06-13T00:00", 0.85);
        assert_eq!(kinds(&world.look("06-12T13:00")), [AnomalyKind::StringLoss]);

        world.thresholds = world.thresholds.with(Threshold::LossLeast, 25.0).unwrap();
        assert_eq!(kinds(&world.look("06-12T13:00")), []);
    }
}
