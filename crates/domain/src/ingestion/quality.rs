use strum::IntoEnumIterator;

/// How far a reading can be trusted.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Quality {
    /// Complete and plausible.
    Valid,
    /// Something expected is missing; what is there counts.
    Incomplete,
    /// Impossible or contradictory; kept, and left out of every sum.
    Inconsistent,
}

/// Why a reading is not simply valid.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// Neither power nor energy was sent.
    MissingValues,
    /// A value lies outside what is physically possible.
    OutOfRange,
    /// Energy of an interval below zero.
    NegativeEnergy,
    /// Power above 1.3 times what the inverters can give.
    AboveLimit,
    /// Measured in the future.
    InFuture,
    /// Measured before the site was commissioned.
    BeforeCommissioning,
    /// The cumulative counter went backwards.
    CounterReset,
    /// The same daylight value again and again.
    StuckValue,
    /// Production while the sun is well below the horizon.
    NightProduction,
    /// Power and energy disagree by a factor of about a thousand.
    WrongUnitSuspected,
    /// The status says that the inverter has a fault.
    InverterFault,
    /// The cumulative counter shows what it cannot: zero, or less than before
    /// without anything to confirm it. It is kept and not counted by.
    ImpossibleCounter,
    /// The cumulative counter ran over at a limit that is known.
    CounterWrap,
}

impl Reason {
    /// The reason in words, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::MissingValues => "neither power nor energy was sent",
            Self::OutOfRange => "a value is outside what is physically possible",
            Self::NegativeEnergy => "energy of the interval is below zero",
            Self::AboveLimit => "power is above 1.3 times the inverter's limit",
            Self::InFuture => "measured in the future",
            Self::BeforeCommissioning => "measured before the site was commissioned",
            Self::CounterReset => "the energy counter went backwards",
            Self::StuckValue => "the same value again and again",
            Self::NightProduction => "production at night",
            Self::WrongUnitSuspected => {
                "power and energy disagree by about a thousand: check the units"
            }
            Self::InverterFault => "the inverter reports a fault",
            Self::ImpossibleCounter => "ignored impossible reading of the energy counter",
            Self::CounterWrap => "known counter wrap, corrected",
        }
    }

    /// Whether the reading contradicts physics or itself, rather than merely
    /// lacking something or being worth a look.
    #[must_use]
    pub const fn is_contradiction(self) -> bool {
        !matches!(
            self,
            Self::MissingValues
                | Self::CounterReset
                | Self::StuckValue
                | Self::InverterFault
                | Self::ImpossibleCounter
                | Self::CounterWrap
        )
    }

    const fn bit(self) -> i32 {
        1 << self as u32
    }
}

/// A set of reasons, kept as bits: the order of [`Reason`]'s variants is part
/// of what is stored, so new ones go to the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Reasons(i32);

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);

    /// Adds a reason.
    pub const fn insert(&mut self, reason: Reason) {
        self.0 |= reason.bit();
    }

    /// Whether this reason is among them.
    #[must_use]
    pub const fn contains(self, reason: Reason) -> bool {
        self.0 & reason.bit() != 0
    }

    /// All of them, in order.
    pub fn iter(self) -> impl Iterator<Item = Reason> {
        Reason::iter().filter(move |reason| self.contains(*reason))
    }

    /// The stored form.
    #[must_use]
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// From the stored form; bits without a reason are dropped.
    #[must_use]
    pub fn from_bits(bits: i32) -> Self {
        Reason::iter().filter(|reason| bits & reason.bit() != 0).collect()
    }

    /// The class that follows from these reasons.
    #[must_use]
    pub fn quality(self) -> Quality {
        if self.iter().any(Reason::is_contradiction) {
            Quality::Inconsistent
        } else if self.contains(Reason::MissingValues) {
            Quality::Incomplete
        } else {
            Quality::Valid
        }
    }
}

impl FromIterator<Reason> for Reasons {
    fn from_iter<I: IntoIterator<Item = Reason>>(reasons: I) -> Self {
        let mut all = Self::NONE;
        for reason in reasons {
            all.insert(reason);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_survive_their_stored_form() {
        let reasons: Reasons = [Reason::StuckValue, Reason::AboveLimit].into_iter().collect();

        assert_eq!(Reasons::from_bits(reasons.bits()), reasons);
        assert_eq!(reasons.quality(), Quality::Inconsistent);
        assert_eq!(Reasons::from_bits(i32::MAX).iter().count(), Reason::iter().count());
    }

    #[test]
    fn the_class_follows_from_the_gravest_reason() {
        assert_eq!(Reasons::NONE.quality(), Quality::Valid);
        assert_eq!(Reasons::from_iter([Reason::MissingValues]).quality(), Quality::Incomplete);
        assert_eq!(Reasons::from_iter([Reason::CounterReset]).quality(), Quality::Valid);
        assert_eq!(Reasons::from_iter([Reason::InverterFault]).quality(), Quality::Valid);
    }
}
