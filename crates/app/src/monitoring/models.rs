use std::sync::Arc;

use greengrid_domain::fleet::{Brand, Device, RegionCode, Site, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::ingestion::{Measurement, Quality, Reasons};
use greengrid_domain::monitoring::{
    AnomalyKind, Assessment, Baseline, MaintenanceWindow, NextStep, Status,
};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Money, Power};
use jiff::Timestamp;
use jiff::civil::Date;

use super::anomalies::{AnomalyRecord, IncidentRecord};

/// Which part of the fleet the overview's list shows.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum OverviewView {
    /// Sites that need action.
    #[default]
    Action,
    /// Sites on watch.
    Watch,
    /// Sites the viewer looks after.
    Mine,
}

/// What a reader of the overview asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct OverviewQuery {
    /// Which list.
    pub view: OverviewView,
    /// Only this region.
    pub region: Option<RegionCode>,
    /// Only this brand.
    pub brand: Option<Brand>,
    /// Only this kind of anomaly.
    pub kind: Option<AnomalyKind>,
    /// Only what this person looks after.
    pub owner: Option<UserId>,
    /// Only sites whose name, code or customer holds this text.
    pub text: Option<String>,
    /// The order the reader has before them; rows keep it until they ask for
    /// the new one. Empty on a fresh page.
    pub order: Vec<SiteId>,
    /// How many rows to show at most; 0 for the usual 50.
    pub limit: u16,
}

/// A site on the overview or in the list of sites, with where it stands.
#[derive(Debug, Clone)]
pub struct OverviewRow {
    /// The site.
    pub site: Arc<Site>,
    /// Where it stands.
    pub assessment: Assessment,
    /// When its finding first appeared.
    pub raised_at: Option<Timestamp>,
    /// Who looks after it: key and name.
    pub owner: Option<(UserId, String)>,
    /// The anomaly behind its finding, once it was raised.
    pub case: Option<AnomalyRecord>,
    /// Its place in the order of money lost, counted from 1; `None` for a row
    /// that is only kept because the reader still has it before them.
    pub rank: Option<usize>,
}

/// An incident on the overview: one line for many sites.
#[derive(Debug, Clone)]
pub struct IncidentLine {
    /// What they have in common.
    pub record: IncidentRecord,
    /// The name of its brand or region.
    pub place: String,
    /// Its sites that need action, largest loss first.
    pub rows: Vec<OverviewRow>,
    /// What they lose per day.
    pub lost_per_day: Energy,
    /// What that is worth, one amount for each currency.
    pub money_per_day: Vec<Money>,
}

/// Sites that need action for the same kind of cause.
#[derive(Debug, Clone, PartialEq)]
pub struct CauseGroup {
    /// What is wrong.
    pub kind: AnomalyKind,
    /// How many they are.
    pub sites: usize,
    /// The most urgent status among them.
    pub worst: Status,
    /// What they lose per day.
    pub lost_per_day: Energy,
    /// What that is worth, one amount for each currency.
    pub money_per_day: Vec<Money>,
    /// What the one that loses most needs.
    pub next_step: NextStep,
}

/// Sites by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StatusCounts {
    /// [`Status::ActToday`].
    pub act_today: usize,
    /// [`Status::PlanVisit`].
    pub plan_visit: usize,
    /// [`Status::NoData`].
    pub no_data: usize,
    /// [`Status::Watch`].
    pub watch: usize,
    /// [`Status::OnTrack`].
    pub on_track: usize,
}

impl Summary {
    /// Sites that need action by themselves: those of incidents are counted
    /// with their incident.
    #[must_use]
    pub const fn single_sites(&self) -> usize {
        self.counts.need_action().saturating_sub(self.folded)
    }
}

impl StatusCounts {
    /// Sites that need action.
    #[must_use]
    pub const fn need_action(&self) -> usize {
        self.act_today + self.plan_visit + self.no_data
    }

    /// All sites.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.need_action() + self.watch + self.on_track
    }

    /// Counts one more site.
    pub const fn add(&mut self, status: Status) {
        match status {
            Status::ActToday => self.act_today += 1,
            Status::PlanVisit => self.plan_visit += 1,
            Status::NoData => self.no_data += 1,
            Status::Watch => self.watch += 1,
            Status::OnTrack => self.on_track += 1,
        }
    }
}

/// The headline of the overview.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Sites by status, over the whole fleet.
    pub counts: StatusCounts,
    /// Incidents that need action, over the whole fleet.
    pub incidents: usize,
    /// Sites that need action and are folded into them.
    pub folded: usize,
    /// What the sites that need action lose per day, one amount for each
    /// currency, largest first.
    pub lost_per_day: Vec<Money>,
    /// What they lose per day.
    pub lost_energy_per_day: Energy,
    /// What the sites on watch lose per day.
    pub watch_per_day: Vec<Money>,
    /// Sites that need action whose finding appeared since yesterday 18:00.
    pub new_since_yesterday: usize,
    /// Power of the fleet now.
    pub power_now: Power,
    /// What it should be.
    pub expected_now: Power,
    /// Energy of the fleet today.
    pub energy_today: Energy,
    /// What it should be by now.
    pub expected_today: Energy,
    /// Readings of the last 24 hours.
    pub readings: i64,
    /// Those of them that are valid.
    pub readings_valid: i64,
    /// When the newest reading was measured.
    pub last_reading_at: Option<Timestamp>,
    /// Capacity of the whole fleet in watts peak.
    pub capacity_wp: i64,
}

/// A region on the overview.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionStanding {
    /// Its stable name.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// Its sites by status.
    pub counts: StatusCounts,
    /// Power now.
    pub power_now: Power,
    /// What it should be.
    pub expected_now: Power,
}

/// The fleet in one interval of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FleetPoint {
    /// Which quarter hour.
    pub interval: Interval,
    /// Mean power of all sites; `None` for intervals still to come.
    pub actual: Option<Power>,
    /// What it should be, or is expected to become.
    pub expected: Power,
}

/// Something that just happened.
#[derive(Debug, Clone, PartialEq)]
pub struct OverviewEvent {
    /// When.
    pub at: Timestamp,
    /// At which site.
    pub site: Arc<Site>,
    /// Where it stands since.
    pub status: Status,
    /// What happened, without the site's name.
    pub text: String,
}

/// Everything on the overview.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The moment it shows.
    pub as_of: Timestamp,
    /// The zone in which the overview tells times: that of most sites.
    pub zone: greengrid_domain::time::SiteZone,
    /// The headline.
    pub summary: Summary,
    /// Incidents whose sites fit the filters, the earliest first. Their sites
    /// are not in `rows`.
    pub incidents: Vec<IncidentLine>,
    /// What is wrong, where more sites need action than anybody reads one by one;
    /// `rows` then holds the first few of each. Empty for a shorter list.
    pub causes: Vec<CauseGroup>,
    /// The list asked for, in the reader's order.
    pub rows: Vec<OverviewRow>,
    /// Rows that match the filters in all.
    pub matching: usize,
    /// How many of the shown rows would move if the new order were applied.
    pub moved: usize,
    /// The sites on watch that lose most, at most 10, for the folded list.
    pub watch: Vec<OverviewRow>,
    /// Those who look after a site that is not on track, by name.
    pub owners: Vec<(UserId, String)>,
    /// The regions.
    pub regions: Vec<RegionStanding>,
    /// Status of every site by region, worst first, in the order of `regions`.
    pub marks: Vec<Vec<Status>>,
    /// Today's curve of the fleet.
    pub fleet: Vec<FleetPoint>,
    /// What just happened, newest first.
    pub events: Vec<OverviewEvent>,
}

/// One interval of a site.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SiteCurvePoint {
    /// Which quarter hour.
    pub interval: Interval,
    /// Mean power; `None` without readings.
    pub actual: Option<Power>,
    /// What it should be under the sky its region had; the clear-sky value
    /// where that is not known or still to come.
    pub expected: Power,
    /// Lower edge of the expected range.
    pub low: Power,
    /// Upper edge of the expected range.
    pub high: Power,
}

/// Power of a site against expected, over one local day or several.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteCurve {
    /// First local day.
    pub from: Date,
    /// Last local day.
    pub to: Date,
    /// All intervals of those days.
    pub points: Vec<SiteCurvePoint>,
    /// Energy produced.
    pub energy: Energy,
    /// Energy expected over the intervals that have passed.
    pub expected: Energy,
}

/// A day of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DailyEnergy {
    /// The local day.
    pub day: Date,
    /// Energy produced.
    pub energy: Energy,
    /// Readings of each quality: valid, incomplete, inconsistent.
    pub readings: [i32; 3],
    /// Corrections received.
    pub corrections: i32,
}

/// A device as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceStanding {
    /// The device; `None` for readings of the site as a whole.
    pub device: Option<Device>,
    /// When its newest reading was measured.
    pub measured_at: Option<Timestamp>,
    /// Power in that reading.
    pub power: Option<Power>,
    /// Temperature in that reading, °C.
    pub temperature_c: Option<f32>,
    /// The vendor's status code in that reading.
    pub status_code: Option<String>,
    /// Quality of that reading.
    pub quality: Option<Quality>,
}

/// A reading as kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadingRecord {
    /// Start of the interval measured.
    pub measured_at: Timestamp,
    /// The device's serial number; `None` for the site as a whole.
    pub device: Option<String>,
    /// 0 as first received, counting up with corrections.
    pub revision: i16,
    /// Its values.
    pub measurement: Measurement,
    /// Its quality.
    pub quality: Quality,
    /// Why it has that quality.
    pub reasons: Reasons,
}

/// The page of a site for operations, without its readings.
#[derive(Debug, Clone)]
pub struct SitePage {
    /// The moment it shows.
    pub as_of: Timestamp,
    /// The site with where it stands; `None` inside until first assessed.
    pub site: Arc<Site>,
    /// Name of its region.
    pub region_name: String,
    /// Where it stands, once assessed.
    pub row: Option<OverviewRow>,
    /// How many other sites its region has.
    pub neighbours: usize,
    /// What it has learned.
    pub baseline: Baseline,
    /// Its devices.
    pub devices: Vec<DeviceStanding>,
    /// Its last 30 days, oldest first.
    pub days: Vec<DailyEnergy>,
    /// First and last day with readings.
    pub span: Option<(Date, Date)>,
}

/// One of a customer's sites.
#[derive(Debug, Clone)]
pub struct SiteOverview {
    /// The site with where it stands.
    pub row: OverviewRow,
    /// What it shares with many others, in one honest sentence.
    pub incident: Option<String>,
    /// Work planned at it, now or ahead: the next.
    pub work: Option<MaintenanceWindow>,
}
