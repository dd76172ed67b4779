use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::Letter;
use jiff::Timestamp;
use jiff::civil::Date;

use super::model::{MorningReport, StuckCase};
use crate::error::StoreError;
use crate::monitoring::StatusCounts;
use crate::monitoring::handover::Turns;

/// Knows which cases of onboarding do not go on.
#[async_trait]
pub trait StuckCases: Send + Sync {
    /// Those of a region and those of whom no region is known yet, the longest
    /// first.
    async fn stuck(&self, region: &RegionCode) -> Result<Vec<StuckCase>, StoreError>;
}

/// Keeps morning reports.
#[async_trait]
pub trait ReportStore: Send + Sync {
    /// Keeps a report and writes its letters, in one transaction that publishes
    /// [`crate::live::Topic::Reports`]. Of two who come with the report of one
    /// region and day, one is told that it is there already.
    async fn keep(&self, report: &MorningReport, letters: &[Letter]) -> Result<Kept, StoreError>;
    /// The newest report of each region.
    async fn newest(&self) -> Result<Vec<MorningReport>, StoreError>;
    /// When the newest report of all was written.
    async fn last_made(&self) -> Result<Option<Timestamp>, StoreError>;
    /// One report.
    async fn find(
        &self,
        region: &RegionCode,
        day: Date,
    ) -> Result<Option<MorningReport>, StoreError>;
    /// Reports of days before one, newest first; at most `limit`.
    async fn list(
        &self,
        before: Option<Date>,
        limit: i64,
    ) -> Result<Vec<ReportSummary>, StoreError>;
    /// Those who read it: everybody in operations.
    async fn readers(&self) -> Result<Vec<EmailAddress>, StoreError>;
}

/// What came of keeping a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    New,
    /// There was one already, and nothing was written.
    Known,
}

/// A report as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportSummary {
    /// Of which region.
    pub region: RegionCode,
    /// The region's name.
    pub region_name: String,
    /// For which day.
    pub day: Date,
    /// Sites of the region by status.
    pub counts: StatusCounts,
    /// What those that needed action lost per day.
    pub money_per_day: Vec<greengrid_domain::units::Money>,
}

/// Puts a report into the form of a letter.
pub trait ReportPress: Send + Sync {
    /// The letter to one reader, with what happened since the report before. Its
    /// key names the report and the reader.
    fn letter(&self, report: &MorningReport, turns: &Turns, to: &EmailAddress) -> Letter;
}
