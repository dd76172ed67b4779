use std::collections::BTreeMap;
use std::sync::Arc;

use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::rules::Thresholds;
use greengrid_domain::monitoring::{
    AnomalyId, AnomalyKind, AnomalyNews, Baseline, DaySummary, IntervalActual,
};
use greengrid_domain::time::Interval;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Fired, LISTED, Outcome};
use crate::monitoring::engine::Engine;

/// What is raised within so long of what was raised with the other value is the
/// same, raised sooner or later.
const SAME: i32 = 2;

/// What was raised: at which site, of which kind, on which local day.
type Raised = (SiteId, AnomalyKind, Date);

/// The same days under the usual thresholds and under others.
pub(super) struct Replay {
    sites: Vec<Arc<Site>>,
    start: Interval,
    now: Interval,
    usual: Side,
    tried: Side,
}

struct Side {
    engine: Engine,
    ids: u128,
    raised: Vec<Raised>,
}

impl Side {
    fn new(sites: &[Arc<Site>], start: Timestamp, thresholds: Thresholds) -> Self {
        let mut engine = Engine::default();
        engine.thresholds = thresholds;
        engine.follow(sites, start);
        Self { engine, ids: 0, raised: Vec::new() }
    }

    fn know(&mut self, baselines: &[Baseline], days: &[(SiteId, DaySummary)]) {
        for (site, day) in days {
            if let Some(watch) = self.engine.site_mut(*site)
                && day.day < watch.today
            {
                watch.put_day(day.clone());
            }
        }
        for baseline in baselines {
            if let Some(watch) = self.engine.site_mut(baseline.site) {
                watch.restore(baseline.clone());
            }
        }
    }

    /// Looks at every site at the end of an interval. What is there at the very
    /// first look began earlier and is not counted.
    fn look(&mut self, now: Timestamp, first: bool) {
        self.engine.draw_skies();
        self.engine.regions_drawn();
        self.engine.roll(now);
        for at in 0..self.engine.sites.len() {
            let ids = &mut self.ids;
            let judged = self.engine.judge(at, now, || {
                *ids += 1;
                AnomalyId::from(Uuid::from_u128(*ids))
            });
            let site = &self.engine.sites[at].site;
            let raised = judged.news.into_iter().filter_map(|(_, news)| match news {
                AnomalyNews::Raised(seen) if !first => {
                    Some((site.id, seen.finding.kind, site.details.zone.day(now)))
                }
                _ => None,
            });
            self.raised.extend(raised);
        }
    }
}

impl Replay {
    /// How far back the days are that a start remembers.
    pub(super) const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 125);

    pub(super) fn new(sites: &[Arc<Site>], start: Timestamp, thresholds: Thresholds) -> Self {
        let usual = Side::new(sites, start, Thresholds::default());
        let tried = Side::new(sites, start, thresholds);
        let start = Interval::containing(start);
        let now = usual.engine.sites.iter().map(|watch| watch.from).min().unwrap_or(start);
        Self { sites: sites.to_vec(), start, now, usual, tried }
    }

    /// Takes over what the sites are known to do, and what days before the start
    /// taught.
    pub(super) fn know(&mut self, baselines: &[Baseline], days: &[(SiteId, DaySummary)]) {
        self.usual.know(baselines, days);
        self.tried.know(baselines, days);
    }

    /// The intervals before the start that the windows hold.
    pub(super) const fn before(&self) -> (Interval, Interval) {
        (self.now, self.start)
    }

    /// Goes through intervals up to and without one.
    pub(super) fn pass(mut self, read: Vec<(SiteId, IntervalActual)>, to: Interval) -> Self {
        let mut arriving = BTreeMap::<Interval, Vec<(SiteId, IntervalActual)>>::new();
        for (site, actual) in read {
            arriving.entry(actual.interval).or_default().push((site, actual));
        }
        while self.now < to {
            for (site, actual) in arriving.remove(&self.now).unwrap_or_default() {
                self.usual.engine.take(site, &actual);
                self.tried.engine.take(site, &actual);
            }
            self.now = self.now.next();
            if self.now >= self.start {
                let (now, first) = (self.now.start(), self.now == self.start);
                self.usual.look(now, first);
                self.tried.look(now, first);
            }
        }
        self
    }

    pub(super) fn outcome(self, sites: usize, of: usize) -> Outcome {
        let (usual, tried) = (&self.usual.raised, &self.tried.raised);
        let mut counts = BTreeMap::<AnomalyKind, (u32, u32)>::new();
        for (_, kind, _) in usual {
            counts.entry(*kind).or_default().0 += 1;
        }
        for (_, kind, _) in tried {
            counts.entry(*kind).or_default().1 += 1;
        }
        Outcome {
            sites,
            of,
            counts: counts.into_iter().map(|(kind, (usual, tried))| (kind, usual, tried)).collect(),
            added: self.fired(beyond(tried, usual)),
            gone: self.fired(beyond(usual, tried)),
        }
    }

    fn fired(&self, raised: Vec<Raised>) -> Vec<Fired> {
        let site = |id: SiteId| self.sites.iter().find(|site| site.id == id).cloned();
        raised
            .into_iter()
            .rev()
            .filter_map(|(id, kind, day)| Some(Fired { site: site(id)?, day, kind }))
            .take(LISTED)
            .collect()
    }
}

/// What of one is missing in the other, in its order.
fn beyond(raised: &[Raised], other: &[Raised]) -> Vec<Raised> {
    let mut left = other.to_vec();
    raised
        .iter()
        .filter(|(site, kind, day)| {
            let same = |other: &Raised| {
                let apart = other.2.until(*day).map_or(SAME + 1, |span| span.get_days().abs());
                (other.0, other.1) == (*site, *kind) && apart <= SAME
            };
            match left.iter().position(same) {
                Some(at) => {
                    left.remove(at);
                    false
                }
                None => true,
            }
        })
        .copied()
        .collect()
}
