use async_trait::async_trait;
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::{Letter, LetterKind};
use jiff::Timestamp;
use jiff::civil::Date;
use parking_lot::Mutex;

use crate::error::StoreError;
use crate::monitoring::handover::Turns;
use crate::monitoring::reports::{
    Kept, MorningReport, ReportPress, ReportStore, ReportSummary, StuckCase, StuckCases,
};

/// Reports in memory.
#[derive(Debug, Default)]
pub struct FakeReportStore {
    reports: Mutex<Vec<MorningReport>>,
    letters: Mutex<Vec<Letter>>,
    readers: Vec<EmailAddress>,
}

impl FakeReportStore {
    /// A store whose reports these people read.
    #[must_use]
    pub fn read_by(readers: Vec<EmailAddress>) -> Self {
        Self { readers, ..Self::default() }
    }

    /// The reports in the order in which they were kept.
    pub fn reports(&self) -> Vec<MorningReport> {
        self.reports.lock().clone()
    }

    /// The letters that were written with them.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().clone()
    }
}

#[async_trait]
impl ReportStore for FakeReportStore {
    async fn keep(&self, report: &MorningReport, letters: &[Letter]) -> Result<Kept, StoreError> {
        let mut reports = self.reports.lock();
        if reports.iter().any(|kept| kept.region == report.region && kept.day == report.day) {
            return Ok(Kept::Known);
        }
        reports.push(report.clone());
        self.letters.lock().extend_from_slice(letters);
        Ok(Kept::New)
    }

    async fn newest(&self) -> Result<Vec<MorningReport>, StoreError> {
        let mut newest: Vec<MorningReport> = Vec::new();
        for report in self.reports.lock().iter() {
            newest.retain(|kept| kept.region != report.region || kept.day > report.day);
            if !newest.iter().any(|kept| kept.region == report.region) {
                newest.push(report.clone());
            }
        }
        Ok(newest)
    }

    async fn last_made(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.reports.lock().iter().map(|kept| kept.made_at).max())
    }

    async fn find(
        &self,
        region: &RegionCode,
        day: Date,
    ) -> Result<Option<MorningReport>, StoreError> {
        let reports = self.reports.lock();
        Ok(reports.iter().find(|kept| kept.region == *region && kept.day == day).cloned())
    }

    async fn list(
        &self,
        before: Option<Date>,
        limit: i64,
    ) -> Result<Vec<ReportSummary>, StoreError> {
        let reports = self.reports.lock();
        let mut listed: Vec<ReportSummary> = reports
            .iter()
            .filter(|kept| before.is_none_or(|before| kept.day < before))
            .map(|kept| ReportSummary {
                region: kept.region.clone(),
                region_name: kept.region_name.clone(),
                day: kept.day,
                counts: kept.counts,
                money_per_day: kept.money_per_day.clone(),
            })
            .collect();
        listed.sort_by_key(|kept| std::cmp::Reverse(kept.day));
        listed.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(listed)
    }

    async fn readers(&self) -> Result<Vec<EmailAddress>, StoreError> {
        Ok(self.readers.clone())
    }
}

/// Writes letters that say which report they are.
#[derive(Debug, Clone, Copy)]
pub struct FakeReportPress;

impl ReportPress for FakeReportPress {
    fn letter(&self, report: &MorningReport, turns: &Turns, to: &EmailAddress) -> Letter {
        Letter::builder()
            .key(format!("report:{}:{}:{to}", report.region, report.day))
            .to(to.clone())
            .kind(LetterKind::Report)
            .subject(report.region_name.as_str())
            .text(format!("{} done", turns.done.len()))
            .build()
    }
}

/// Cases of onboarding that do not go on, whatever the region.
#[derive(Debug, Clone, Default)]
pub struct FakeStuckCases(pub Vec<StuckCase>);

#[async_trait]
impl StuckCases for FakeStuckCases {
    async fn stuck(&self, _region: &RegionCode) -> Result<Vec<StuckCase>, StoreError> {
        Ok(self.0.clone())
    }
}
