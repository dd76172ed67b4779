use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::{RegionCode, Site, SiteId};
use greengrid_domain::monitoring::expected::IntervalSun;
use greengrid_domain::monitoring::rules::{Thresholds, consider, detect};
use greengrid_domain::monitoring::{
    AnomalyId, AnomalyNews, Detection, IntervalActual, RegionInterval, advance,
};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::{Timestamp, ToSpan};

use super::region::RegionSky;
use super::site::{SiteWatch, Stretch};

/// The sun in the intervals of the windows, prepared once for all sites.
#[derive(Debug, Default)]
pub(super) struct Suns(HashMap<Interval, IntervalSun>);

impl Suns {
    pub(super) fn of(&mut self, interval: Interval) -> IntervalSun {
        self.0.entry(interval).or_insert_with(|| IntervalSun::of(interval)).clone()
    }
}

/// What was found of a site at an instant.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) detections: Vec<Detection>,
    pub(crate) news: Vec<(AnomalyId, AnomalyNews)>,
}

/// The fleet in memory.
#[derive(Debug, Default)]
pub(crate) struct Engine {
    pub(crate) sites: Vec<SiteWatch>,
    at: HashMap<SiteId, usize>,
    pub(crate) regions: HashMap<RegionCode, RegionSky>,
    /// By which values the rules decide.
    pub(crate) thresholds: Thresholds,
    suns: Suns,
}

impl Engine {
    /// Keeps of the sites those that are still the same, adds those that are
    /// missing, and returns the ones added.
    pub(crate) fn follow(&mut self, fleet: &[Arc<Site>], now: Timestamp) -> Vec<SiteId> {
        let before = self.sites.len();
        let wanted: HashMap<SiteId, &Arc<Site>> =
            fleet.iter().map(|site| (site.id, site)).collect();
        self.sites
            .retain(|known| wanted.get(&known.site.id).is_some_and(|site| **site == known.site));
        let known: HashSet<SiteId> = self.sites.iter().map(|known| known.site.id).collect();
        let mut new: Vec<&Arc<Site>> =
            fleet.iter().filter(|site| !known.contains(&site.id)).collect();
        if new.is_empty() && self.sites.len() == before {
            return Vec::new();
        }
        new.sort_unstable_by_key(|site| site.id);
        let suns = &mut self.suns;
        for site in &new {
            self.sites.push(SiteWatch::new(Arc::clone(site), 0, now, |interval| suns.of(interval)));
        }
        let added = new.iter().map(|site| site.id).collect();
        self.index();
        self.all_regions_due();
        added
    }

    fn index(&mut self) {
        self.at = self.sites.iter().enumerate().map(|(at, known)| (known.site.id, at)).collect();
        for region in self.regions.values_mut() {
            region.members.clear();
        }
        for (at, known) in self.sites.iter_mut().enumerate() {
            known.place = at;
            let region = known.site.details.region.clone();
            self.regions.entry(region).or_default().members.push(at);
        }
        self.regions.retain(|_, region| !region.members.is_empty());
    }

    /// Everything in the windows has to be drawn anew.
    pub(crate) fn all_regions_due(&mut self) {
        for region in self.regions.values_mut() {
            let members = || region.members.iter().map(|at| &self.sites[*at]);
            let from = members().map(|site| site.from).min();
            let end = members().map(SiteWatch::end).max();
            if let Some((from, end)) = from.zip(end) {
                region.due.extend(from.until(end));
                region.forget_before(from);
            }
        }
    }

    /// Moves the windows of sites whose local day has changed: sums up the days
    /// that are over and learns from them. Returns the sites of which days were
    /// skipped, whose window has to be read anew.
    pub(crate) fn roll(&mut self, now: Timestamp) -> Vec<SiteId> {
        let mut skipped = Vec::new();
        let mut rolled = false;
        for known in &mut self.sites {
            let today = known.site.details.zone.day(now);
            if today == known.today {
                continue;
            }
            rolled = true;
            let over = known.today;
            let by_one = over.saturating_add(1.day()) == today;
            if today > over
                && let Some(region) = self.regions.get(&known.site.details.region)
            {
                known.close(over, region);
            }
            let suns = &mut self.suns;
            known.move_to(today, |interval| suns.of(interval));
            if !by_one {
                skipped.push(known.site.id);
            }
        }
        if rolled {
            let first = self.sites.iter().map(|known| known.from).min();
            self.suns.0.retain(|interval, _| first.is_some_and(|first| *interval >= first));
            for region in self.regions.values_mut() {
                let from = region.members.iter().map(|at| self.sites[*at].from).min();
                if let Some(from) = from {
                    region.forget_before(from);
                }
            }
        }
        skipped
    }

    pub(crate) fn site(&self, id: SiteId) -> Option<&SiteWatch> {
        self.sites.get(*self.at.get(&id)?)
    }

    pub(crate) fn site_mut(&mut self, id: SiteId) -> Option<&mut SiteWatch> {
        self.sites.get_mut(*self.at.get(&id)?)
    }

    /// The intervals that the windows of these sites span together.
    pub(crate) fn window_of(&self, ids: &[SiteId]) -> Option<(Interval, Interval)> {
        let sites = || ids.iter().filter_map(|id| self.site(*id));
        sites().map(|site| site.from).min().zip(sites().map(SiteWatch::end).max())
    }

    /// Whether an interval lies within the window of a site.
    pub(crate) fn holds(&self, id: SiteId, interval: Interval) -> bool {
        self.site(id).is_some_and(|site| site.slot(interval).is_some())
    }

    /// Takes over what was received.
    pub(crate) fn take(&mut self, id: SiteId, actual: &IntervalActual) {
        let Some(at) = self.at.get(&id).copied() else { return };
        let site = &mut self.sites[at];
        if site.take(actual)
            && let Some(region) = self.regions.get_mut(&site.site.details.region)
        {
            region.due.insert(actual.interval);
        }
    }

    /// Draws the sky of regions anew where something changed.
    pub(crate) fn draw_skies(&mut self) {
        for region in self.regions.values_mut() {
            let due: Vec<Interval> = region.due.iter().copied().collect();
            for interval in due {
                let told = region
                    .members
                    .iter()
                    .filter(|at| self.sites[**at].votes())
                    .filter_map(|at| Some((self.sites[*at].tells(interval)?, *at)))
                    .collect::<Vec<_>>();
                region.tell(interval, told.into_iter());
                for at in &region.members {
                    self.sites[*at].stale_around(interval);
                }
            }
        }
    }

    /// The sums of regions where something changed.
    pub(crate) fn regions_due(&self, now: Timestamp) -> Vec<RegionInterval> {
        let current = Interval::containing(now);
        let of = |(code, region): (&RegionCode, &RegionSky)| {
            let due: Vec<Interval> = region.due.iter().copied().collect();
            due.into_iter()
                .map(|interval| self.sums(code, region, interval, current))
                .collect::<Vec<_>>()
        };
        self.regions.iter().flat_map(of).collect()
    }

    fn sums(
        &self,
        code: &RegionCode,
        region: &RegionSky,
        interval: Interval,
        current: Interval,
    ) -> RegionInterval {
        let (mut reported, mut actual, mut expected_wh) = (0, 0_i64, 0.0);
        for site in region.members.iter().map(|at| &self.sites[*at]) {
            let Some(slot) = site.slot(interval) else { continue };
            if slot.covered_s > 0 {
                reported += 1;
                actual += i64::from(slot.wh);
            }
            let usual = site.model.baseline().usual_sky;
            let sky = region.sky(site.place, interval, current, usual);
            expected_wh += site.model.expected(slot.clear, sky).wh;
        }
        RegionInterval {
            region: code.clone(),
            interval,
            clearness: region.clearness(interval),
            sites: reported,
            actual: Energy::from_wh(actual),
            expected: Energy::from_wh_rounded(expected_wh),
        }
    }

    /// What is due is drawn.
    pub(crate) fn regions_drawn(&mut self) {
        for region in self.regions.values_mut() {
            region.due.clear();
        }
    }

    /// Looks at a site and brings what is tracked of it up to date.
    pub(crate) fn judge(
        &mut self,
        at: usize,
        now: Timestamp,
        id: impl FnMut() -> AnomalyId,
    ) -> Judged {
        let nowhere = RegionSky::default();
        let known = &mut self.sites[at];
        let region = self.regions.get(&known.site.details.region).unwrap_or(&nowhere);
        known.draw(region, now);
        let hour = now.as_second().div_euclid(3600);
        let steady = match known.steady.take() {
            Some((of, steady)) if of == hour => steady,
            _ => consider(&known.case(now, &self.thresholds)),
        };
        let detections = detect(&known.case(now, &self.thresholds), &steady);
        known.steady = Some((hour, steady));
        let news = advance(&mut known.tracked, detections.clone(), now, id);
        for (id, news) in &news {
            known.note_stretch(*id, news);
        }
        Judged { detections, news }
    }
}

impl SiteWatch {
    /// Keeps when something was wrong, also after it is no longer tracked.
    fn note_stretch(&mut self, of: AnomalyId, news: &AnomalyNews) {
        let (AnomalyNews::Raised(seen)
        | AnomalyNews::Updated(seen)
        | AnomalyNews::Ended(seen)
        | AnomalyNews::Reopened(seen)) = news
        else {
            self.stretches.retain(|stretch| stretch.of != of);
            return;
        };
        let finding = &seen.finding;
        let stretch = Stretch { of, kind: finding.kind, since: finding.since, until: seen.until };
        match self.stretches.iter_mut().find(|other| other.of == of) {
            Some(other) => *other = stretch,
            None => self.stretches.push(stretch),
        }
    }
}
