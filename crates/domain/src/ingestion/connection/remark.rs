use jiff::{SignedDuration, Timestamp};

/// Something about a connection that is worth a word while its readings come:
/// no failure, and nobody is kept waiting by it.
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
pub enum Remark {
    /// The inverters are not told apart: only the sum of the site is to be had.
    NotByInverter,
    /// Some of what a vendor could tell is kept from this key.
    NotTold,
    /// A zero stood beside a power that contradicts it.
    ZeroIgnored,
    /// The sums of the vendor contradict each other.
    TotalsDisagree,
    /// An inverter was replaced: what it counted ends, and another begins.
    InverterReplaced,
    /// A reading or a counter that cannot be was left out.
    ImpossibleReading,
    /// Readings came long after they were measured.
    LateData,
    /// Nothing measures what the house uses.
    NoConsumptionMeter,
    /// The firmware has known faults.
    UpdateFirmware,
    /// Since an update the device tells less.
    FirmwareChanged,
    /// The device at the site is silent while the vendor's cloud still tells.
    LocalDown,
    /// A counter ran over at a known limit.
    CounterWrapped,
    /// The meter of the site is silent; production is that of the inverters.
    MeterStopped,
}

impl Remark {
    /// The remark in words, without its full stop.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NotByInverter => {
                "production is fine, but not told apart by inverter; panel layout unavailable"
            }
            Self::NotTold => "the key lacks rights: ask the installer to add them",
            Self::ZeroIgnored => {
                "ignored a zero beside a power that contradicts it: the vendor’s fault, not the \
                 customer’s"
            }
            Self::TotalsDisagree => "totals disagree; daily values used",
            Self::InverterReplaced => "inverter replaced; history joined",
            Self::ImpossibleReading => "ignored impossible reading",
            Self::LateData => "late data filled in",
            Self::NoConsumptionMeter => "no consumption meter",
            Self::UpdateFirmware => "update firmware",
            Self::FirmwareChanged => "firmware changed; still reading power",
            Self::LocalDown => "local down, cloud fine",
            Self::CounterWrapped => "known counter wrap, corrected",
            Self::MeterStopped => "meter stopped; using microinverters",
        }
    }

    /// Whether it is worth a look, rather than good to know.
    #[must_use]
    pub const fn is_worth_a_look(self) -> bool {
        !matches!(
            self,
            Self::InverterReplaced
                | Self::LateData
                | Self::NoConsumptionMeter
                | Self::CounterWrapped
        )
    }

    /// For how long it is told after it was last noticed: events for a week,
    /// a replaced inverter for good, and what lasts a little longer than it
    /// takes to look again.
    #[must_use]
    pub const fn lasts(self) -> SignedDuration {
        match self {
            Self::NotByInverter | Self::LocalDown => SignedDuration::from_hours(3),
            Self::NotTold
            | Self::TotalsDisagree
            | Self::NoConsumptionMeter
            | Self::MeterStopped
            | Self::UpdateFirmware
            | Self::FirmwareChanged => SignedDuration::from_hours(36),
            Self::ZeroIgnored | Self::ImpossibleReading | Self::LateData | Self::CounterWrapped => {
                SignedDuration::from_hours(7 * 24)
            }
            Self::InverterReplaced => SignedDuration::from_hours(100 * 365 * 24),
        }
    }
}

/// A remark as it is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Noted {
    /// What is remarked.
    pub remark: Remark,
    /// What it is about; empty where that is clear.
    pub detail: String,
    /// When it happened, where that is known.
    pub at: Option<Timestamp>,
}

impl Noted {
    /// A remark about the connection as a whole, of this moment.
    #[must_use]
    pub const fn of(remark: Remark) -> Self {
        Self { remark, detail: String::new(), at: None }
    }

    /// The same about something.
    #[must_use]
    pub fn about(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// The same of an instant.
    #[must_use]
    pub fn happened(self, at: Timestamp) -> Self {
        Self { at: Some(at), ..self }
    }
}
