use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{
    AssessmentStore, DailyEnergy, DeviceStanding, ReadModels, ReadingRecord, Standing,
    StandingChange, StoredAssessment,
};
use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{Assessment, Baseline, IntervalActual, RegionInterval};
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::Interval;
use jiff::Timestamp;
use jiff::civil::Date;

type Outcome<T> = Result<T, StoreError>;

/// A fleet that never sent a reading.
pub(super) struct Nothing;

#[async_trait]
impl ReadModels for Nothing {
    async fn intervals(
        &self,
        _: &[SiteId],
        _: Interval,
        _: Interval,
    ) -> Outcome<Vec<(SiteId, IntervalActual)>> {
        Ok(Vec::new())
    }
    async fn days(&self, _: &[SiteId], _: Date, _: Date) -> Outcome<Vec<(SiteId, DailyEnergy)>> {
        Ok(Vec::new())
    }
    async fn span(&self, _: SiteId) -> Outcome<Option<(Date, Date)>> {
        Ok(None)
    }
    async fn devices_now(&self, _: SiteId) -> Outcome<Vec<DeviceStanding>> {
        Ok(Vec::new())
    }
    async fn readings(
        &self,
        _: SiteId,
        _: Timestamp,
        _: Timestamp,
        _: i64,
    ) -> Outcome<Vec<ReadingRecord>> {
        Ok(Vec::new())
    }
    async fn reading_counts(&self, _: Timestamp) -> Outcome<(i64, i64)> {
        Ok((0, 0))
    }
}

#[async_trait]
impl AssessmentStore for Nothing {
    async fn save(&self, _: Timestamp, _: &[Assessment], _: &[StandingChange]) -> Outcome<()> {
        Ok(())
    }
    async fn version(&self) -> Outcome<i64> {
        Ok(0)
    }
    async fn findings(&self, _: &[SiteId]) -> Outcome<Vec<StoredAssessment>> {
        Ok(Vec::new())
    }
    async fn of_sites(&self, _: &[SiteId]) -> Outcome<Vec<StoredAssessment>> {
        Ok(Vec::new())
    }
    async fn standings(&self) -> Outcome<Vec<Standing>> {
        Ok(Vec::new())
    }
    async fn changes(&self, _: i64) -> Outcome<Vec<StandingChange>> {
        Ok(Vec::new())
    }
    async fn baselines(&self, _: &[SiteId]) -> Outcome<Vec<Baseline>> {
        Ok(Vec::new())
    }
    async fn save_baselines(&self, _: &[Baseline]) -> Outcome<()> {
        Ok(())
    }
    async fn region_intervals(
        &self,
        _: Option<&RegionCode>,
        _: Interval,
        _: Interval,
    ) -> Outcome<Vec<RegionInterval>> {
        Ok(Vec::new())
    }
    async fn save_region_intervals(&self, _: &[RegionInterval]) -> Outcome<()> {
        Ok(())
    }
    async fn take_due(&self, _: i64) -> Outcome<Vec<(RegionCode, Date)>> {
        Ok(Vec::new())
    }
    async fn put_due(&self, _: &[(RegionCode, Date)]) -> Outcome<()> {
        Ok(())
    }
    async fn set_owner(
        &self,
        _: Initiator,
        _: SiteId,
        _: Option<UserId>,
        _: Timestamp,
    ) -> Outcome<()> {
        Ok(())
    }
}
