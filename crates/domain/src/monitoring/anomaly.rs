use jiff::Timestamp;

use super::Detection;
use crate::fleet::SiteId;
use crate::ids::uuid_id;

uuid_id! {
    /// Which anomaly.
    AnomalyId
}

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

/// What the detector has to say of an anomaly. People act on it by commands of
/// their own.
#[derive(Debug, Clone, PartialEq)]
pub struct AnomalyChange {
    /// Which anomaly.
    pub anomaly: AnomalyId,
    /// At which site.
    pub site: SiteId,
    /// When the detector saw it, by the clock of the readings.
    pub at: Timestamp,
    /// What happened.
    pub news: AnomalyNews,
}

/// What happened to an anomaly.
#[derive(Debug, Clone, PartialEq)]
pub enum AnomalyNews {
    /// It is new.
    Raised(Detection),
    /// Its numbers or words changed.
    Updated(Detection),
    /// It ended: production, or whatever else differed, was measured to be as
    /// expected again. The detection says from when on.
    Ended(Detection),
    /// It began again within a day of its end.
    Reopened(Detection),
    /// It was no anomaly: readings that came later explain it. The reason in
    /// one sentence.
    Withdrawn(String),
}
