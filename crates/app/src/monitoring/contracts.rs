use async_trait::async_trait;
use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    Assessment, Baseline, DaySummary, IntervalActual, RegionInterval, Status,
};
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::Interval;
use jiff::Timestamp;
use jiff::civil::Date;

use super::models::{DailyEnergy, DeviceStanding, ReadingRecord};
use crate::error::StoreError;

/// What the projectors derived from the events, read only.
#[async_trait]
pub trait ReadModels: Send + Sync {
    /// Intervals of these sites from one, up to and without another, by site
    /// and time.
    async fn intervals(
        &self,
        sites: &[SiteId],
        from: Interval,
        to: Interval,
    ) -> Result<Vec<(SiteId, IntervalActual)>, StoreError>;
    /// Days of these sites from one to another, both included.
    async fn days(
        &self,
        sites: &[SiteId],
        from: Date,
        to: Date,
    ) -> Result<Vec<(SiteId, DailyEnergy)>, StoreError>;
    /// First and last local day with readings.
    async fn span(&self, site: SiteId) -> Result<Option<(Date, Date)>, StoreError>;
    /// Newest reading of every device of a site that has one.
    async fn devices_now(&self, site: SiteId) -> Result<Vec<DeviceStanding>, StoreError>;
    /// Readings of a site between two instants, newest first, corrected ones
    /// included; at most `limit`.
    async fn readings(
        &self,
        site: SiteId,
        from: Timestamp,
        to: Timestamp,
        limit: i64,
    ) -> Result<Vec<ReadingRecord>, StoreError>;
    /// Readings measured from one instant on and before another: all, and the
    /// valid ones.
    async fn reading_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(i64, i64), StoreError>;
}

/// A site's assessment as stored, with what surrounds it.
#[derive(Debug, Clone)]
pub struct StoredAssessment {
    /// Where it stands.
    pub assessment: Assessment,
    /// When its finding first appeared.
    pub raised_at: Option<Timestamp>,
    /// Who looks after it.
    pub owner: Option<(UserId, String)>,
}

/// A change of a site's standing worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingChange {
    /// When.
    pub at: Timestamp,
    /// Which site.
    pub site: SiteId,
    /// Where it stands since.
    pub status: Status,
    /// What happened, without the site's name.
    pub text: String,
}

/// Keeps what the readings were judged to mean.
#[async_trait]
pub trait AssessmentStore: Send + Sync {
    /// Replaces the assessments of these sites and appends the changes, in one
    /// transaction that publishes [`crate::live::Topic::Fleet`] and the sites.
    async fn save(
        &self,
        at: Timestamp,
        assessments: &[Assessment],
        changes: &[StandingChange],
    ) -> Result<(), StoreError>;
    /// Counts up with every change of an assessment or of who looks after a
    /// site, so that readers know whether theirs is the present state.
    async fn version(&self) -> Result<i64, StoreError>;
    /// Assessments that are not [`Status::OnTrack`], as far as they or whoever
    /// looks after their site changed after this version; all after 0.
    async fn findings(&self, after: i64) -> Result<Vec<StoredAssessment>, StoreError>;
    /// The assessments of these sites.
    async fn of_sites(&self, sites: &[SiteId]) -> Result<Vec<StoredAssessment>, StoreError>;
    /// Status, power now, expected now, energy today, expected today, newest
    /// reading and money per day of the sites that changed after this version,
    /// for sums and sorting; of every site after 0.
    async fn standings(&self, after: i64) -> Result<Vec<Standing>, StoreError>;
    /// What changed last, newest first.
    async fn changes(&self, limit: i64) -> Result<Vec<StandingChange>, StoreError>;
    /// Baselines of these sites; those without one are missing.
    async fn baselines(&self, sites: &[SiteId]) -> Result<Vec<Baseline>, StoreError>;
    /// What the days of these sites since an instant taught, by site and day.
    async fn days(
        &self,
        sites: &[SiteId],
        since: Timestamp,
    ) -> Result<Vec<(SiteId, DaySummary)>, StoreError>;
    /// Replaces what days taught.
    async fn save_days(&self, days: &[(SiteId, DaySummary)]) -> Result<(), StoreError>;
    /// Replaces baselines.
    async fn save_baselines(&self, baselines: &[Baseline]) -> Result<(), StoreError>;
    /// Regions in the intervals from one, up to and without another, by region
    /// and time.
    async fn region_intervals(
        &self,
        region: Option<&RegionCode>,
        from: Interval,
        to: Interval,
    ) -> Result<Vec<RegionInterval>, StoreError>;
    /// Replaces region intervals.
    async fn save_region_intervals(&self, intervals: &[RegionInterval]) -> Result<(), StoreError>;
    /// Takes away and returns the days that wait to be judged anew, newest
    /// first, at most `limit`: regions with days in UTC.
    async fn take_due(&self, limit: i64) -> Result<Vec<(RegionCode, Date)>, StoreError>;
    /// Puts days back that could not be judged.
    async fn put_due(&self, due: &[(RegionCode, Date)]) -> Result<(), StoreError>;
    /// Makes a person the one who looks after a site, or nobody, with its audit
    /// entry.
    async fn set_owner(
        &self,
        by: Initiator,
        site: SiteId,
        owner: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}

/// A site's standing in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Which site.
    pub site: SiteId,
    /// Where it stands.
    pub status: Status,
    /// Power now, W.
    pub power_w: Option<i64>,
    /// What it should be, W.
    pub expected_power_w: Option<i64>,
    /// Energy today, Wh.
    pub energy_today_wh: i64,
    /// What it should be by now, Wh.
    pub expected_today_wh: i64,
    /// Newest reading.
    pub last_reading_at: Option<Timestamp>,
    /// Money lost per day, in hundredths of the site's currency.
    pub cents_per_day: i64,
}
