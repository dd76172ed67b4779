use jiff::Timestamp;

use super::{AnomalyKind, Status};
use crate::fleet::{RegionCode, SiteId};
use crate::time::Interval;
use crate::units::{Energy, MeterRegister, Money, Power};

/// What a site produced in one interval, aggregated from its readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bon::Builder)]
pub struct IntervalActual {
    /// Which quarter hour.
    pub interval: Interval,
    /// Energy produced in it.
    pub energy: Energy,
    /// Seconds of it that readings cover, 0 to 900.
    pub covered_s: i16,
    /// Readings left out of the energy because they are inconsistent.
    #[builder(default)]
    pub left_out: i16,
    /// Lowest, mean and highest power of its moments, all devices together,
    /// as the readings say: those left out of the energy are in it, but for
    /// values that are out of range.
    pub power: Option<PowerRange>,
    /// The cumulative counters of the devices together at the end of the
    /// interval, where every device heard in it has one.
    pub register: Option<MeterRegister>,
    /// How often a cumulative counter went backwards.
    #[builder(default)]
    pub counter_resets: i16,
    /// Readings that arrived again, with equal values or as a correction.
    #[builder(default)]
    pub repeats: i16,
    /// Readings with a status by which the inverter reports a fault.
    #[builder(default)]
    pub faults: i16,
}

/// What the readings of an interval say of power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerRange {
    /// Lowest power of any moment.
    pub low: Power,
    /// Mean over the moments.
    pub mean: Power,
    /// Highest power of any moment.
    pub high: Power,
}

/// A region in one interval.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionInterval {
    /// The region.
    pub region: RegionCode,
    /// Which quarter hour.
    pub interval: Interval,
    /// Median over its sites of production against their clear-sky baseline: 1
    /// under a clear sky, 0.2 under thick cloud. `None` with too few sites or
    /// the sun too low to tell.
    pub clearness: Option<f64>,
    /// Sites that reported.
    pub sites: i32,
    /// What they produced.
    pub actual: Energy,
    /// What all sites of the region should have produced under this sky.
    pub expected: Energy,
}

/// What somebody should do about a finding.
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
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum NextStep {
    /// Send a technician.
    SendTechnician,
    /// Call the customer.
    CallCustomer,
    /// Check the gateway and the network at the site.
    CheckGateway,
    /// Book a cleaning.
    BookCleaning,
    /// Correct a setting remotely.
    FixRemotely,
    /// Ask for a photograph.
    AskForPhoto,
    /// Check the data source.
    CheckData,
    /// Look again later.
    Wait,
}

impl NextStep {
    /// The step as a request that begins with a verb.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::SendTechnician => "Send technician",
            Self::CallCustomer => "Call customer",
            Self::CheckGateway => "Check gateway",
            Self::BookCleaning => "Book cleaning",
            Self::FixRemotely => "Fix remotely",
            Self::AskForPhoto => "Ask for a photo",
            Self::CheckData => "Check data source",
            Self::Wait => "Look again later",
        }
    }
}

/// Why a site is not simply on track.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// In what way it differs.
    pub kind: AnomalyKind,
    /// When it began.
    pub since: Timestamp,
    /// Lost so far.
    pub lost: Energy,
    /// Loss over a day like the last one.
    pub lost_per_day: Energy,
    /// What that is worth at the site's price.
    pub money_per_day: Money,
    /// The cause in one plain sentence.
    pub cause: String,
    /// What to do.
    pub next_step: NextStep,
}

/// Power over the last three local days in half-hours, for a small chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spark {
    /// Start of the first half-hour: midnight at the site two days ago.
    pub from: Timestamp,
    /// Mean power in watts of each half-hour up to now; `None` without
    /// readings.
    pub actual: Vec<Option<i32>>,
    /// Expected power in watts of each half-hour, to the end of today.
    pub expected: Vec<i32>,
}

/// A site as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// Which site.
    pub site: SiteId,
    /// Where it stands.
    pub status: Status,
    /// Why, unless it is on track.
    pub finding: Option<Finding>,
    /// Power at the last reading, while that is fresh.
    pub power_now: Option<Power>,
    /// What it should be.
    pub expected_now: Option<Power>,
    /// Produced since local midnight.
    pub energy_today: Energy,
    /// Expected since local midnight.
    pub expected_today: Energy,
    /// When the newest reading was measured.
    pub last_reading_at: Option<Timestamp>,
    /// The small chart.
    pub spark: Spark,
    /// Production in per cent of expected for each of the last 30 days, oldest
    /// first; `None` for days that cannot be judged.
    pub daily_index: Vec<Option<i16>>,
}
