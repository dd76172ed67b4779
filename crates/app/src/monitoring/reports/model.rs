use greengrid_domain::fleet::{RegionCode, SiteCode};
use greengrid_domain::monitoring::{AnomalyKind, NextStep, Spark, Status};
use greengrid_domain::onboarding::CaseId;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::{Energy, Money};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::monitoring::StatusCounts;

/// The fleet of one region on one morning, as it stood then.
#[derive(Debug, Clone, PartialEq)]
pub struct MorningReport {
    /// Of which region.
    pub region: RegionCode,
    /// The region's name.
    pub region_name: String,
    /// The local day for which it plans.
    pub day: Date,
    /// The zone in which it tells times: that of most sites of the region.
    pub zone: SiteZone,
    /// When it was due.
    pub due_at: Timestamp,
    /// When it was written, which is the moment that it shows.
    pub made_at: Timestamp,
    /// Sites of the region by status.
    pub counts: StatusCounts,
    /// What those that need action lose per day, one amount for each currency.
    pub money_per_day: Vec<Money>,
    /// The same as energy.
    pub lost_per_day: Energy,
    /// What many sites have in common, the earliest first.
    pub incidents: Vec<ReportIncident>,
    /// Sites that need action by themselves, largest loss first.
    pub lines: Vec<ReportLine>,
    /// Sites that needed action in the report before and do not in this.
    pub settled: Vec<(SiteCode, String)>,
    /// Customers of the region whose onboarding does not go on, the longest
    /// first; also those of whom no region is known yet.
    pub stuck: Vec<StuckCase>,
}

/// A case of onboarding that does not go on, in a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckCase {
    /// Which case.
    pub case: CaseId,
    /// Its number, as people say it.
    pub number: String,
    /// The name of the site or the customer.
    pub name: String,
    /// Why it does not go on.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

impl MorningReport {
    /// A report written later than this after it was due says so.
    const LATE: SignedDuration = SignedDuration::from_mins(10);

    /// Whether it was written so late that its reader should know.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.made_at.duration_since(self.due_at) > Self::LATE
    }
}

/// Which moments of the past can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookBack {
    /// The present, the last of them.
    pub now: Timestamp,
    /// The first; `None` before anything was judged.
    pub since: Option<Timestamp>,
    /// That of the newest report.
    pub report: Option<Timestamp>,
}

/// An incident in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportIncident {
    /// What it is, in one sentence.
    pub headline: String,
    /// Since when.
    pub since: Timestamp,
    /// Its sites in the region.
    pub sites: usize,
    /// What they lose per day.
    pub money_per_day: Vec<Money>,
}

/// A site in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportLine {
    /// Its code.
    pub site: SiteCode,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub status: Status,
    /// In what way it differs.
    pub kind: AnomalyKind,
    /// The cause in one plain sentence.
    pub cause: String,
    /// Since when.
    pub since: Timestamp,
    /// Loss over a day like the last one.
    pub lost_per_day: Energy,
    /// What that is worth.
    pub money_per_day: Money,
    /// What to do.
    pub next_step: NextStep,
    /// Who looks after it.
    pub owner: Option<String>,
    /// Whether the report before did not have it.
    pub is_new: bool,
    /// Its last three days.
    pub spark: Spark,
}
