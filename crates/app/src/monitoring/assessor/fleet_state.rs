use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::monitoring::expected::{self, IntervalSun};
use greengrid_domain::monitoring::{Assessment, Baseline, IntervalActual, RegionInterval};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::Timestamp;
use jiff::civil::Date;

use super::past::ShapeDays;
use super::region_state::RegionState;
use super::site_state::SiteState;
use crate::fleet::FleetSnapshot;
use crate::monitoring::StoredAssessment;

/// The sun in the intervals of the windows, prepared once for all sites.
#[derive(Debug, Default)]
pub(super) struct Suns(HashMap<Interval, IntervalSun>);

impl Suns {
    pub(super) fn of(&mut self, interval: Interval) -> &IntervalSun {
        self.0.entry(interval).or_insert_with(|| IntervalSun::of(interval))
    }
}

/// The fleet in memory.
#[derive(Debug, Default)]
pub(super) struct FleetState {
    pub(super) sites: Vec<SiteState>,
    pub(super) at: HashMap<SiteId, usize>,
    pub(super) regions: HashMap<RegionCode, RegionState>,
    pub(super) shapes: HashMap<SiteId, ShapeDays>,
    /// The minute in which all sites were judged last.
    pub(super) minute: Option<i64>,
    suns: Suns,
    snapshot: Option<Arc<FleetSnapshot>>,
}

impl FleetState {
    /// Whether this is the state of that fleet.
    pub(super) fn is_of(&self, snapshot: &Arc<FleetSnapshot>) -> bool {
        self.snapshot.as_ref().is_some_and(|known| Arc::ptr_eq(known, snapshot))
    }

    pub(super) fn followed(&mut self, snapshot: Arc<FleetSnapshot>) {
        self.snapshot = Some(snapshot);
    }

    pub(super) fn snapshot(&self) -> Option<&Arc<FleetSnapshot>> {
        self.snapshot.as_ref()
    }

    /// Drops what is gone or was described anew, adds what is missing, and
    /// returns the sites added.
    pub(super) fn follow(&mut self, snapshot: &FleetSnapshot, now: Timestamp) -> Vec<SiteId> {
        let before = self.sites.len();
        self.sites
            .retain(|known| snapshot.site(known.site.id).is_some_and(|site| **site == *known.site));
        let known: HashSet<SiteId> = self.sites.iter().map(|known| known.site.id).collect();
        let mut new: Vec<SiteId> =
            snapshot.sites().map(|site| site.id).filter(|id| !known.contains(id)).collect();
        if new.is_empty() && self.sites.len() == before {
            return new;
        }
        new.sort_unstable();
        for site in new.iter().filter_map(|id| snapshot.site(*id)) {
            self.sites.push(SiteState::new(Arc::clone(site), now, &mut self.suns));
        }
        self.index();
        self.all_regions_due();
        new
    }

    fn index(&mut self) {
        self.at = self.sites.iter().enumerate().map(|(at, known)| (known.site.id, at)).collect();
        for region in self.regions.values_mut() {
            region.members.clear();
        }
        for (at, known) in self.sites.iter().enumerate() {
            let region = known.site.details.region.clone();
            self.regions.entry(region).or_default().members.push(at);
        }
        self.regions.retain(|_, region| !region.members.is_empty());
    }

    fn all_regions_due(&mut self) {
        for region in self.regions.values_mut() {
            let members = || region.members.iter().map(|at| &self.sites[*at]);
            let from = members().map(|site| site.from).min();
            let end = members().map(SiteState::end).max();
            if let Some((from, end)) = from.zip(end) {
                region.due.extend(from.until(end));
                region.forget_before(from);
            }
        }
    }

    /// Moves windows to a new local day; returns the sites whose window has to
    /// be read anew.
    pub(super) fn roll(&mut self, now: Timestamp) -> Vec<SiteId> {
        let rolled: Vec<(SiteId, bool)> = self
            .sites
            .iter_mut()
            .filter_map(|known| Some((known.site.id, known.roll(now, &mut self.suns)?)))
            .collect();
        if !rolled.is_empty() {
            self.all_regions_due();
            let first = self.sites.iter().map(|known| known.from).min();
            self.suns.0.retain(|interval, _| first.is_some_and(|first| *interval >= first));
        }
        rolled.into_iter().filter(|(_, skipped)| *skipped).map(|(id, _)| id).collect()
    }

    pub(super) fn site(&self, id: SiteId) -> Option<&SiteState> {
        self.sites.get(*self.at.get(&id)?)
    }

    pub(super) fn site_mut(&mut self, id: SiteId) -> Option<&mut SiteState> {
        self.sites.get_mut(*self.at.get(&id)?)
    }

    /// The intervals that the windows of these sites span together.
    pub(super) fn window_of(&self, ids: &[SiteId]) -> Option<(Interval, Interval)> {
        let sites = || ids.iter().filter_map(|id| self.site(*id));
        sites().map(|site| site.from).min().zip(sites().map(SiteState::end).max())
    }

    /// Whether an interval lies within the window of a site.
    pub(super) fn holds(&self, id: SiteId, interval: Interval) -> bool {
        self.site(id).is_some_and(|site| site.slot(interval).is_some())
    }

    /// Takes over what the store knows of sites.
    pub(super) fn take_known(&mut self, baselines: Vec<Baseline>, stored: Vec<StoredAssessment>) {
        for baseline in baselines {
            if let Some(site) = self.site_mut(baseline.site) {
                site.model.learn(baseline);
            }
        }
        for stored in stored {
            if let Some(site) = self.site_mut(stored.assessment.site) {
                site.daily_index.clone_from(&stored.assessment.daily_index);
                site.heard_before = stored.assessment.last_reading_at;
                site.written = Some(stored.assessment);
            }
        }
    }

    /// Takes over what was produced.
    pub(super) fn take_actuals(&mut self, read: Vec<(SiteId, IntervalActual)>) {
        for (id, actual) in read {
            let Some(at) = self.at.get(&id).copied() else { continue };
            let site = &mut self.sites[at];
            if site.take(&actual)
                && let Some(region) = self.regions.get_mut(&site.site.details.region)
            {
                region.due.insert(actual.interval);
            }
        }
    }

    /// Sites of which no reading is known at all.
    pub(super) fn never_heard(&self) -> Vec<SiteId> {
        let silent = self.sites.iter().filter(|known| known.last_reading().is_none());
        silent.map(|known| known.site.id).collect()
    }

    /// Takes note of the last day with readings.
    pub(super) fn heard_last(&mut self, id: SiteId, day: Option<Date>) {
        if let Some(site) = self.site_mut(id) {
            site.heard_before = day.map(|day| site.site.details.zone.end_of(day));
        }
    }

    /// Draws anew the sky and the sums of regions where something changed.
    pub(super) fn regions_due(&mut self, now: Timestamp) -> Vec<RegionInterval> {
        let current = Interval::containing(now);
        let mut drawn = Vec::new();
        let mut told = Vec::new();
        for (code, region) in &mut self.regions {
            for interval in &region.due {
                told.clear();
                told.extend(
                    region.members.iter().filter_map(|at| self.sites[*at].tells(*interval)),
                );
                match expected::region_clearness(&mut told) {
                    Some(clearness) => region.told.insert(*interval, clearness),
                    None => region.told.remove(interval),
                };
            }
            for interval in &region.due {
                drawn.push(sums(code, region, &self.sites, *interval, current));
            }
        }
        drawn
    }

    pub(super) fn regions_saved(&mut self) {
        for region in self.regions.values_mut() {
            region.due.clear();
        }
    }

    pub(super) fn judge(&self, at: usize, now: Timestamp) -> Assessment {
        let known = &self.sites[at];
        match self.regions.get(&known.site.details.region) {
            Some(region) => known.judge(region, now),
            None => known.judge(&RegionState::default(), now),
        }
    }
}

fn sums(
    code: &RegionCode,
    region: &RegionState,
    sites: &[SiteState],
    interval: Interval,
    current: Interval,
) -> RegionInterval {
    let (mut reported, mut actual, mut expected_wh) = (0, 0_i64, 0.0);
    for site in region.members.iter().map(|at| &sites[*at]) {
        let Some(slot) = site.slot(interval) else { continue };
        if slot.covered_s > 0 {
            reported += 1;
            actual += i64::from(slot.wh);
        }
        let (sky, _) = region.sky(interval, current, site.model.baseline().usual_sky);
        expected_wh += site.model.expected(interval, slot.clear, sky).wh;
    }
    RegionInterval {
        region: code.clone(),
        interval,
        clearness: region.told.get(&interval).copied(),
        sites: reported,
        actual: Energy::from_wh(actual),
        expected: Energy::from_wh_rounded(expected_wh),
    }
}
