//! The whole fleet as it stands, followed change by change and shared by all who
//! look at it.

use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{RegionCode, Site, SiteId};
use greengrid_domain::monitoring::{RegionInterval, Status};
use greengrid_domain::time::{Interval, SiteZone};
use greengrid_domain::units::{Currency, Energy, Money, PeakPower, Power};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use tokio::sync::Mutex;

use super::handled::Handled;
use super::judged::Judged;
use super::{ARRIVAL, Monitoring};
use crate::error::StoreError;
use crate::fleet::FleetSnapshot;
use crate::monitoring::models::{FleetPoint, RegionStanding, StatusCounts};
use crate::monitoring::{Standing, StandingChange, StoredAssessment};

/// Events on the overview.
const EVENTS: i64 = 20;

/// The newest standing of the fleet. Readers ask the store for one number, and
/// for what changed since only when that has; while one reads, the others wait
/// for it rather than reading too.
#[derive(Default)]
pub(super) struct StandingCache {
    current: Mutex<Current>,
    readings: parking_lot::Mutex<Option<(Timestamp, (i64, i64))>>,
    /// Held by whoever counts the readings.
    counting: Mutex<()>,
}

#[derive(Default)]
struct Current {
    judged: Judged,
    standing: Option<Arc<FleetStanding>>,
}

/// The fleet at one version of its assessments.
pub(super) struct FleetStanding {
    version: i64,
    snapshot: Arc<FleetSnapshot>,
    day: Date,
    pub(super) zone: SiteZone,
    pub(super) standings: Vec<(Arc<Site>, Standing)>,
    /// Everything that is not on track, largest loss first.
    pub(super) findings: Vec<(Arc<Site>, StoredAssessment)>,
    pub(super) changes: Vec<StandingChange>,
    pub(super) regions: Vec<RegionStanding>,
    /// Status of every site by region, worst first.
    pub(super) marks: Vec<Vec<Status>>,
    pub(super) counts: StatusCounts,
    pub(super) capacity_wp: i64,
    /// What people made of anomalies; `findings` and `standings` are by it.
    pub(super) handled: Handled,
    holds_until: Timestamp,
    /// Power and energy of the fleet.
    pub(super) measured: Measured,
    /// The regions by quarter hour of the day.
    intervals: Vec<RegionInterval>,
    /// Energy of the fleet by quarter hour of today: actual, expected, sites
    /// that reported.
    curve: Vec<(Interval, Energy, Energy, i32)>,
}

/// What the fleet makes, and what it should.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    pub(super) power_now: Power,
    pub(super) expected_now: Power,
    pub(super) energy_today: Energy,
    pub(super) expected_today: Energy,
}

/// What a standing is put together from.
pub(super) struct Gathered {
    pub(super) standings: Vec<Standing>,
    pub(super) findings: Vec<StoredAssessment>,
    pub(super) changes: Vec<StandingChange>,
    /// The regions by quarter hour of the day.
    pub(super) intervals: Vec<RegionInterval>,
    pub(super) handled: Handled,
}

impl Monitoring {
    /// The fleet as it stands now.
    pub(super) async fn standing(&self) -> Result<Arc<FleetStanding>, StoreError> {
        let mut current = self.standing.current.lock().await;
        let version = self.assessments.version().await?;
        let snapshot = self.directory.snapshot();
        if let Some(known) = current.standing.as_ref()
            && known.version == version
            && Arc::ptr_eq(&known.snapshot, &snapshot)
            && known.zone.day(self.now()) == known.day
            && self.now() < known.holds_until
        {
            return Ok(Arc::clone(known));
        }
        current.judged.follow(&*self.assessments, version).await?;
        let fresh = FleetStanding::load(self, version, snapshot, &current.judged).await?;
        let fresh = Arc::new(fresh);
        current.standing = Some(Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Readings of the last 24 hours, all and valid, counted anew each minute.
    /// While one counts, the others are told what was counted before.
    pub(super) async fn reading_counts(&self) -> Result<(i64, i64), StoreError> {
        let now = self.now();
        let counted = |fresh: bool| {
            let known = *self.standing.readings.lock();
            let age = |at: Timestamp| now.duration_since(at).as_secs().abs();
            known.filter(|(at, _)| !fresh || age(*at) < 60).map(|(_, counts)| counts)
        };
        if let Some(counts) = counted(true) {
            return Ok(counts);
        }
        let turn = self.standing.counting.try_lock();
        if turn.is_err()
            && let Some(counts) = counted(false)
        {
            return Ok(counts);
        }
        let since = now - jiff::SignedDuration::from_hours(24);
        let counts = self.read_models.reading_counts(since, now).await?;
        *self.standing.readings.lock() = Some((now, counts));
        Ok(counts)
    }
}

impl FleetStanding {
    async fn load(
        service: &Monitoring,
        version: i64,
        snapshot: Arc<FleetSnapshot>,
        judged: &Judged,
    ) -> Result<Self, StoreError> {
        let zone = usual_zone(&snapshot);
        let day = zone.day(service.now());
        let (from, to) = (zone.start_of(day), zone.end_of(day));
        let store = &service.assessments;
        let (changes, intervals, handled) = tokio::try_join!(
            store.changes(EVENTS),
            store.region_intervals(None, Interval::containing(from), Interval::containing(to)),
            Handled::load(service),
        )?;
        let (standings, findings) = (judged.standings(), judged.findings());
        let gathered = Gathered { standings, findings, changes, intervals, handled };
        Ok(Self::assemble(version, snapshot, day, zone, gathered))
    }

    /// The standing that follows from what was gathered.
    pub(super) fn assemble(
        version: i64,
        snapshot: Arc<FleetSnapshot>,
        day: Date,
        zone: SiteZone,
        gathered: Gathered,
    ) -> Self {
        let Gathered { standings, findings, changes, intervals, handled } = gathered;
        let mut standings = with_sites(&snapshot, standings, |standing| standing.site);
        let mut findings = with_sites(&snapshot, findings, |stored| stored.assessment.site);
        let mut decided: HashMap<SiteId, Status> = HashMap::new();
        for (site, stored) in &mut findings {
            let before = stored.assessment.status;
            handled.settle(site, stored);
            if stored.assessment.status != before {
                decided.insert(site.id, stored.assessment.status);
            }
        }
        findings.retain(|(_, stored)| stored.assessment.status != Status::OnTrack);
        for (site, standing) in &mut standings {
            if let Some(status) = decided.get(&site.id) {
                standing.status = *status;
            }
        }
        findings
            .sort_by_key(|(site, stored)| (std::cmp::Reverse(cents(&stored.assessment)), site.id));
        let mut curve: Vec<(Interval, Energy, Energy, i32)> = Vec::new();
        let mut of_interval: HashMap<Interval, usize> = HashMap::new();
        for region in &intervals {
            let at = *of_interval.entry(region.interval).or_insert_with(|| {
                curve.push((region.interval, Energy::ZERO, Energy::ZERO, 0));
                curve.len() - 1
            });
            if let Some((_, actual, expected, sites)) = curve.get_mut(at) {
                *actual += region.actual;
                *expected += region.expected;
                *sites += region.sites;
            }
        }
        curve.sort_unstable_by_key(|(interval, ..)| *interval);
        let (regions, marks, counts) = by_region(&snapshot, &standings);
        let known = snapshot.sites().filter_map(|site| site.details.capacity());
        let capacity_wp = known.map(PeakPower::wp).sum();
        let sum = |of: fn(&Standing) -> i64| -> i64 {
            standings.iter().map(|(_, standing)| of(standing)).sum()
        };
        let measured = Measured {
            power_now: Power::from_watts(sum(|standing| standing.power_w.unwrap_or(0))),
            expected_now: Power::from_watts(sum(|standing| standing.expected_power_w.unwrap_or(0))),
            energy_today: Energy::from_wh(sum(|standing| standing.energy_today_wh)),
            expected_today: Energy::from_wh(sum(|standing| standing.expected_today_wh)),
        };
        Self {
            version,
            snapshot,
            day,
            zone,
            standings,
            findings,
            changes,
            regions,
            marks,
            counts,
            capacity_wp,
            holds_until: handled.holds_until(),
            handled,
            measured,
            intervals,
            curve,
        }
    }

    /// The same with power and energy as the quarter hours of the day tell
    /// them for a moment: those that were over, and whose readings were there.
    pub(super) fn measured(mut self, at: Timestamp) -> Self {
        let known = |interval: Interval| interval.end() + ARRIVAL <= at;
        let Some(newest) = self.curve.iter().map(|(it, ..)| *it).filter(|it| known(*it)).max()
        else {
            return self;
        };
        let passed = self.curve.iter().filter(|(interval, ..)| *interval <= newest);
        for (interval, actual, expected, _) in passed {
            self.measured.energy_today += *actual;
            self.measured.expected_today += *expected;
            if *interval == newest {
                self.measured.power_now = mean(*actual);
                self.measured.expected_now = mean(*expected);
            }
        }
        for region in &mut self.regions {
            let mut now = self.intervals.iter().filter(|it| it.interval == newest);
            if let Some(now) = now.find(|it| it.region == region.code) {
                region.power_now = mean(now.actual);
                region.expected_now = mean(now.expected);
            }
        }
        self
    }

    /// Today's curve of the fleet as seen at an instant.
    pub(super) fn curve(&self, now: Timestamp) -> Vec<FleetPoint> {
        self.curve
            .iter()
            .map(|(interval, actual, expected, sites)| FleetPoint {
                interval: *interval,
                actual: (*sites > 0 && interval.end() + ARRIVAL <= now).then(|| mean(*actual)),
                expected: mean(*expected),
            })
            .collect()
    }

    /// The fleet, as known to this standing.
    pub(super) fn fleet(&self) -> &FleetSnapshot {
        &self.snapshot
    }

    /// The site, as known to this standing.
    pub(super) fn site(&self, id: SiteId) -> Option<&Arc<Site>> {
        self.snapshot.site(id)
    }

    /// Sums money by currency, largest first.
    pub(super) fn money(&self, of: impl Fn(Status) -> bool) -> Vec<Money> {
        let mut sums: Vec<(Currency, i64)> = Vec::new();
        for (site, standing) in &self.standings {
            if !of(standing.status) || standing.cents_per_day == 0 {
                continue;
            }
            let currency = site.details.price.of_one_kwh().currency;
            match sums.iter_mut().find(|(known, _)| *known == currency) {
                Some((_, cents)) => *cents += standing.cents_per_day,
                None => sums.push((currency, standing.cents_per_day)),
            }
        }
        sums.sort_by_key(|(_, cents)| std::cmp::Reverse(*cents));
        sums.into_iter()
            .map(|(currency, cents)| Money { amount: Decimal::new(cents, 2), currency })
            .collect()
    }
}

/// Mean power over a quarter hour.
pub(super) fn mean(energy: Energy) -> Power {
    Power::from_watts(energy.wh() * Interval::PER_HOUR)
}

/// Money lost per day in hundredths, for ranking.
pub(super) fn cents(assessment: &greengrid_domain::monitoring::Assessment) -> i64 {
    assessment.finding.as_ref().map_or(0, |finding| {
        let cents = (finding.money_per_day.amount * Decimal::from(100)).round();
        i64::try_from(cents).unwrap_or(i64::MAX)
    })
}

fn with_sites<T>(
    snapshot: &FleetSnapshot,
    items: Vec<T>,
    site: impl Fn(&T) -> SiteId,
) -> Vec<(Arc<Site>, T)> {
    items
        .into_iter()
        .filter_map(|item| Some((Arc::clone(snapshot.site(site(&item))?), item)))
        .collect()
}

/// The zone of most sites.
pub(super) fn usual_zone(snapshot: &FleetSnapshot) -> SiteZone {
    let mut zones: HashMap<&str, (usize, &SiteZone)> = HashMap::new();
    for site in snapshot.sites() {
        let zone = &site.details.zone;
        zones.entry(zone.name()).or_insert((0, zone)).0 += 1;
    }
    zones
        .into_values()
        .max_by(|a, b| (a.0, a.1.name()).cmp(&(b.0, b.1.name())))
        .map_or_else(SiteZone::utc, |(_, zone)| zone.clone())
}

type ByRegion = (Vec<RegionStanding>, Vec<Vec<Status>>, StatusCounts);

fn by_region(snapshot: &FleetSnapshot, standings: &[(Arc<Site>, Standing)]) -> ByRegion {
    let mut regions: Vec<RegionStanding> = snapshot
        .regions()
        .iter()
        .map(|region| RegionStanding {
            code: region.code.clone(),
            name: region.name.clone(),
            counts: StatusCounts::default(),
            power_now: Power::ZERO,
            expected_now: Power::ZERO,
        })
        .collect();
    let mut marks: Vec<Vec<Status>> = vec![Vec::new(); regions.len()];
    let at: HashMap<RegionCode, usize> =
        regions.iter().enumerate().map(|(at, region)| (region.code.clone(), at)).collect();
    let mut counts = StatusCounts::default();
    for (site, standing) in standings {
        counts.add(standing.status);
        let Some(at) = at.get(&site.details.region) else { continue };
        let region = &mut regions[*at];
        region.counts.add(standing.status);
        region.power_now = region.power_now + Power::from_watts(standing.power_w.unwrap_or(0));
        region.expected_now =
            region.expected_now + Power::from_watts(standing.expected_power_w.unwrap_or(0));
        marks[*at].push(standing.status);
    }
    for marks in &mut marks {
        marks.sort_unstable();
    }
    (regions, marks, counts)
}
