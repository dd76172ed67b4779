use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

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
use parking_lot::Mutex;
use rust_decimal::Decimal;

use crate::error::StoreError;
use crate::monitoring::{
    AssessmentStore, DailyEnergy, DeviceStanding, ReadModels, ReadingRecord, Standing,
    StandingChange, StoredAssessment,
};

/// Read models in memory, to be filled by tests.
#[derive(Debug, Default)]
pub struct FakeReadModels {
    intervals: Mutex<BTreeMap<(SiteId, Interval), IntervalActual>>,
    days: Mutex<BTreeMap<(SiteId, Date), DailyEnergy>>,
    devices: Mutex<Vec<(SiteId, DeviceStanding)>>,
}

impl FakeReadModels {
    /// Puts an interval in the place of what was there.
    pub fn put(&self, site: SiteId, actual: IntervalActual) {
        self.intervals.lock().insert((site, actual.interval), actual);
    }

    /// Puts a day in the place of what was there.
    pub fn put_day(&self, site: SiteId, day: DailyEnergy) {
        self.days.lock().insert((site, day.day), day);
    }

    /// Adds the standing of a device.
    pub fn put_device(&self, site: SiteId, device: DeviceStanding) {
        self.devices.lock().push((site, device));
    }
}

#[async_trait]
impl ReadModels for FakeReadModels {
    async fn intervals(
        &self,
        sites: &[SiteId],
        from: Interval,
        to: Interval,
    ) -> Result<Vec<(SiteId, IntervalActual)>, StoreError> {
        let intervals = self.intervals.lock();
        let of = |site: &SiteId| {
            let range = intervals.range((*site, from)..(*site, to));
            range.map(|((site, _), actual)| (*site, *actual)).collect::<Vec<_>>()
        };
        Ok(sites.iter().flat_map(of).collect())
    }

    async fn days(
        &self,
        sites: &[SiteId],
        from: Date,
        to: Date,
    ) -> Result<Vec<(SiteId, DailyEnergy)>, StoreError> {
        let days = self.days.lock();
        let of = |site: &SiteId| {
            let range = days.range((*site, from)..=(*site, to));
            range.map(|((site, _), day)| (*site, *day)).collect::<Vec<_>>()
        };
        Ok(sites.iter().flat_map(of).collect())
    }

    async fn span(&self, site: SiteId) -> Result<Option<(Date, Date)>, StoreError> {
        let days = self.days.lock();
        let mut own = days.keys().filter(|(of, _)| *of == site).map(|(_, day)| *day);
        let first = own.next();
        Ok(first.map(|first| (first, own.next_back().unwrap_or(first))))
    }

    async fn devices_now(&self, site: SiteId) -> Result<Vec<DeviceStanding>, StoreError> {
        let devices = self.devices.lock();
        Ok(devices.iter().filter(|(of, _)| *of == site).map(|(_, d)| d.clone()).collect())
    }

    async fn readings(
        &self,
        _site: SiteId,
        _from: Timestamp,
        _to: Timestamp,
        _limit: i64,
    ) -> Result<Vec<ReadingRecord>, StoreError> {
        Ok(Vec::new())
    }

    async fn reading_counts(
        &self,
        _from: Timestamp,
        _to: Timestamp,
    ) -> Result<(i64, i64), StoreError> {
        Ok((1_000, 990))
    }
}

/// Assessments in memory.
#[derive(Debug, Default)]
pub struct FakeAssessmentStore {
    kept: Mutex<Kept>,
    fails: AtomicBool,
    reads: AtomicUsize,
}

#[derive(Debug, Default)]
struct Kept {
    version: i64,
    assessments: BTreeMap<SiteId, StoredAssessment>,
    /// The versions that they came with.
    versions: BTreeMap<SiteId, i64>,
    changes: Vec<StandingChange>,
    baselines: BTreeMap<SiteId, Baseline>,
    days: BTreeMap<(SiteId, Date), DaySummary>,
    regions: BTreeMap<(RegionCode, Interval), RegionInterval>,
    due: Vec<(RegionCode, Date)>,
}

impl Kept {
    /// Those that changed after a version; all after 0.
    fn after(&self, version: i64) -> impl Iterator<Item = &StoredAssessment> {
        let known = move |site: &SiteId| self.versions.get(site).copied().unwrap_or_default();
        let of = self.assessments.iter().filter(move |(site, _)| known(site) > version);
        of.map(|(_, stored)| stored)
    }
}

impl FakeAssessmentStore {
    /// Makes every saving fail, or work again.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    /// How many standings were read so far.
    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }

    fn writing(&self) -> Result<parking_lot::MutexGuard<'_, Kept>, StoreError> {
        if self.fails.load(Ordering::Relaxed) {
            Err(StoreError::busy("told to fail"))
        } else {
            Ok(self.kept.lock())
        }
    }
}

#[async_trait]
impl AssessmentStore for FakeAssessmentStore {
    async fn save(
        &self,
        at: Timestamp,
        assessments: &[Assessment],
        changes: &[StandingChange],
    ) -> Result<(), StoreError> {
        let mut kept = self.writing()?;
        kept.version += 1;
        let version = kept.version;
        for fresh in assessments {
            let before = kept.assessments.get(&fresh.site);
            let kind = |a: &Assessment| a.finding.as_ref().map(|finding| finding.kind);
            let raised_at = match before {
                _ if fresh.finding.is_none() => None,
                None => fresh.finding.as_ref().map(|finding| finding.since),
                Some(known) if kind(&known.assessment) == kind(fresh) => known.raised_at,
                Some(_) => Some(at),
            };
            let owner = before.and_then(|known| known.owner.clone());
            let stored = StoredAssessment { assessment: fresh.clone(), raised_at, owner };
            kept.assessments.insert(fresh.site, stored);
            kept.versions.insert(fresh.site, version);
        }
        kept.changes.extend_from_slice(changes);
        Ok(())
    }

    async fn version(&self) -> Result<i64, StoreError> {
        Ok(self.kept.lock().version)
    }

    async fn findings(&self, after: i64) -> Result<Vec<StoredAssessment>, StoreError> {
        let kept = self.kept.lock();
        let findings = kept.after(after).filter(|it| it.assessment.status != Status::OnTrack);
        Ok(findings.cloned().collect())
    }

    async fn of_sites(&self, sites: &[SiteId]) -> Result<Vec<StoredAssessment>, StoreError> {
        let kept = self.kept.lock();
        Ok(sites.iter().filter_map(|site| kept.assessments.get(site)).cloned().collect())
    }

    async fn standings(&self, after: i64) -> Result<Vec<Standing>, StoreError> {
        let standing = |stored: &StoredAssessment| {
            let assessment = &stored.assessment;
            let money = assessment.finding.as_ref().map(|finding| finding.money_per_day.amount);
            let cents = (money.unwrap_or_default() * Decimal::from(100)).round();
            Standing {
                site: assessment.site,
                status: assessment.status,
                power_w: assessment.power_now.map(greengrid_domain::units::Power::watts),
                expected_power_w: assessment
                    .expected_now
                    .map(greengrid_domain::units::Power::watts),
                energy_today_wh: assessment.energy_today.wh(),
                expected_today_wh: assessment.expected_today.wh(),
                last_reading_at: assessment.last_reading_at,
                cents_per_day: i64::try_from(cents).unwrap_or(0),
            }
        };
        let standings: Vec<Standing> = self.kept.lock().after(after).map(standing).collect();
        self.reads.fetch_add(standings.len(), Ordering::Relaxed);
        Ok(standings)
    }

    async fn changes(&self, limit: i64) -> Result<Vec<StandingChange>, StoreError> {
        let mut changes = self.kept.lock().changes.clone();
        changes.sort_by_key(|change| std::cmp::Reverse(change.at));
        changes.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(changes)
    }

    async fn baselines(&self, sites: &[SiteId]) -> Result<Vec<Baseline>, StoreError> {
        let kept = self.kept.lock();
        Ok(sites.iter().filter_map(|site| kept.baselines.get(site)).cloned().collect())
    }

    async fn days(
        &self,
        sites: &[SiteId],
        since: Timestamp,
    ) -> Result<Vec<(SiteId, DaySummary)>, StoreError> {
        let kept = self.kept.lock();
        let first = since.to_zoned(jiff::tz::TimeZone::UTC).date();
        let of = |site: &SiteId| {
            let days = kept.days.range((*site, first)..(*site, Date::MAX));
            days.map(|((site, _), day)| (*site, day.clone())).collect::<Vec<_>>()
        };
        Ok(sites.iter().flat_map(of).collect())
    }

    async fn save_days(&self, days: &[(SiteId, DaySummary)]) -> Result<(), StoreError> {
        let mut kept = self.writing()?;
        kept.days.extend(days.iter().map(|(site, day)| ((*site, day.day), day.clone())));
        Ok(())
    }

    async fn save_baselines(&self, baselines: &[Baseline]) -> Result<(), StoreError> {
        let mut kept = self.writing()?;
        kept.baselines.extend(baselines.iter().map(|baseline| (baseline.site, baseline.clone())));
        Ok(())
    }

    async fn region_intervals(
        &self,
        region: Option<&RegionCode>,
        from: Interval,
        to: Interval,
    ) -> Result<Vec<RegionInterval>, StoreError> {
        let kept = self.kept.lock();
        let wanted = |known: &&RegionInterval| {
            (from..to).contains(&known.interval)
                && region.is_none_or(|region| known.region == *region)
        };
        Ok(kept.regions.values().filter(wanted).cloned().collect())
    }

    async fn save_region_intervals(&self, intervals: &[RegionInterval]) -> Result<(), StoreError> {
        let mut kept = self.writing()?;
        for interval in intervals {
            let key = (interval.region.clone(), interval.interval);
            kept.regions.insert(key, interval.clone());
        }
        Ok(())
    }

    async fn take_due(&self, limit: i64) -> Result<Vec<(RegionCode, Date)>, StoreError> {
        let mut kept = self.kept.lock();
        kept.due.sort_by_key(|(_, day)| std::cmp::Reverse(*day));
        let taken = kept.due.len().min(usize::try_from(limit).unwrap_or(0));
        Ok(kept.due.drain(..taken).collect())
    }

    async fn put_due(&self, due: &[(RegionCode, Date)]) -> Result<(), StoreError> {
        self.kept.lock().due.extend_from_slice(due);
        Ok(())
    }

    async fn set_owner(
        &self,
        _by: Initiator,
        site: SiteId,
        owner: Option<UserId>,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut kept = self.writing()?;
        kept.version += 1;
        let version = kept.version;
        if let Some(stored) = kept.assessments.get_mut(&site) {
            stored.owner = owner.map(|user| (user, "Somebody".to_owned()));
            kept.versions.insert(site, version);
        }
        Ok(())
    }
}
