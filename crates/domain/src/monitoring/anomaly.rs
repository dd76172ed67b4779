/// In what way a site differs from what is expected of it.
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
pub enum AnomalyKind {
    /// No readings arrive; the site itself may be fine.
    CommGap,
    /// Readings arrive and say: no production in daylight.
    Outage,
    /// Less than expected, for a reason not yet known.
    Underperformance,
    /// A constant share is missing: a string, a phase or one inverter.
    StringLoss,
    /// A loss that grows slowly: soiling, degradation, growing shade.
    SoilingDrift,
    /// Power is held at a limit below what the sun would give.
    Curtailment,
    /// The same value again and again.
    StuckSensor,
    /// Production is reported at night.
    NightProduction,
    /// Readings carry times that are off.
    ClockShift,
    /// The energy counter went backwards.
    CounterReset,
    /// The same readings arrive again and again.
    Duplicates,
    /// Values beyond what the site can produce.
    ImplausibleProduction,
    /// The inverter itself reports a fault.
    InverterFault,
}

impl AnomalyKind {
    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommGap => "Communication gap",
            Self::Outage => "Outage",
            Self::Underperformance => "Underperformance",
            Self::StringLoss => "Partial loss",
            Self::SoilingDrift => "Slow loss",
            Self::Curtailment => "Curtailment",
            Self::StuckSensor => "Stuck value",
            Self::NightProduction => "Night production",
            Self::ClockShift => "Clock shift",
            Self::CounterReset => "Counter reset",
            Self::Duplicates => "Repeated readings",
            Self::ImplausibleProduction => "Implausible production",
            Self::InverterFault => "Inverter fault",
        }
    }
}
