//! Replays history through the rules, with the clock of the data.
//!
//! What the live system does through the log and the read models happens here
//! in memory: readings arrive in the order of the file, are classified by the
//! same rules, gathered into quarter hours, and looked at every quarter hour.

mod gather;
pub mod guess;
mod quarter;
mod readings;
pub mod score;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use greengrid_domain::fleet::{DeviceId, Site, SiteId};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::monitoring::{AnomalyId, AnomalyNews, Detection};
use greengrid_domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

pub use self::gather::Gatherer;
pub use self::readings::Readings;
use super::engine::Engine;

/// An anomaly as the replay found it.
#[derive(Debug, Clone)]
pub struct Found {
    /// At which site.
    pub site: SiteId,
    /// When it was raised, by the clock of the data.
    pub detected_at: Timestamp,
    /// How it looked last, with its end.
    pub detection: Detection,
    /// Whether later readings explained it.
    pub withdrawn: bool,
}

/// A reading as it arrives.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// When it was measured.
    pub measured_at: Timestamp,
    /// By which device; [`DeviceId::WHOLE_SITE`] where none is named.
    pub device: DeviceId,
    /// What.
    pub measurement: Measurement,
}

/// Readings between two words of progress.
const TOLD_EVERY: usize = 1 << 12;

/// The time between two readings of a site.
fn cadence(site: &Site) -> SignedDuration {
    SignedDuration::from_secs(site.details.cadence_s.max(1).into())
}

/// A fleet replayed.
pub struct Backtest {
    engine: Engine,
    gatherers: Vec<Gatherer>,
    now: Interval,
    found: Vec<(AnomalyId, Found)>,
    ids: u128,
    /// From when to when each site is heard of: what lies outside is not silence.
    heard: Vec<Option<(Timestamp, Timestamp)>>,
}

impl Backtest {
    /// Starts at an instant. `heard` says when the first and the last reading of
    /// each site arrive; it is looked at between these, and not at all if it has
    /// none.
    #[must_use]
    pub fn new(
        sites: &[Arc<Site>],
        first: Timestamp,
        heard: &HashMap<SiteId, (Timestamp, Timestamp)>,
    ) -> Self {
        let mut engine = Engine::default();
        engine.follow(sites, first);
        let gatherers =
            engine.sites.iter().map(|known| Gatherer::new(Arc::clone(&known.site))).collect();
        let heard = engine.sites.iter().map(|known| heard.get(&known.site.id).copied()).collect();
        let now = Interval::containing(first);
        Self { engine, gatherers, now, found: Vec::new(), ids: 0, heard }
    }

    /// Takes in a reading of a site.
    pub fn arrive(&mut self, site: SiteId, arrival: Arrival) {
        if let Some(known) = self.engine.site(site) {
            self.gatherers[known.place].put(arrival);
        }
    }

    /// The present interval.
    #[must_use]
    pub fn now(&self) -> Interval {
        self.now
    }

    /// Lets time pass up to an interval, looking at the fleet at the end of
    /// each one on the way.
    pub fn advance_to(&mut self, interval: Interval) {
        while self.now < interval {
            self.now = self.now.next();
            self.look();
        }
    }

    fn look(&mut self) {
        let now = self.now.start();
        for (at, gatherer) in self.gatherers.iter_mut().enumerate() {
            let site = self.engine.sites[at].site.id;
            for actual in gatherer.changed() {
                self.engine.take(site, &actual);
            }
        }
        self.engine.draw_skies();
        self.engine.regions_drawn();
        self.engine.roll(now);
        for at in 0..self.engine.sites.len() {
            if self.heard[at].is_none_or(|(first, last)| now <= first || now > last) {
                continue;
            }
            let site = self.engine.sites[at].site.id;
            let ids = &mut self.ids;
            let judged = self.engine.judge(at, now, || {
                *ids += 1;
                AnomalyId::from(Uuid::from_u128(*ids))
            });
            for (id, news) in judged.news {
                self.note(site, id, news, now);
            }
        }
        let oldest = self.now.offset(-4 * Interval::PER_DAY);
        for gatherer in &mut self.gatherers {
            gatherer.forget_before(oldest);
        }
    }

    fn note(&mut self, site: SiteId, id: AnomalyId, news: AnomalyNews, now: Timestamp) {
        match news {
            AnomalyNews::Raised(detection) => {
                self.found
                    .push((id, Found { site, detected_at: now, detection, withdrawn: false }));
            }
            AnomalyNews::Updated(fresh)
            | AnomalyNews::Ended(fresh)
            | AnomalyNews::Reopened(fresh) => {
                if let Some((_, found)) =
                    self.found.iter_mut().rev().find(|(known, _)| *known == id)
                {
                    let name = found.detection.finding.kind;
                    found.detection = fresh;
                    found.detection.finding.kind = name;
                }
            }
            AnomalyNews::Withdrawn(_) => {
                if let Some((_, found)) =
                    self.found.iter_mut().rev().find(|(known, _)| *known == id)
                {
                    found.withdrawn = true;
                }
            }
        }
    }

    /// Replays readings of these sites to their end and tells what was found.
    /// `told` hears now and then how many are done.
    #[must_use]
    pub fn replay(
        sites: &[Arc<Site>],
        readings: &Readings,
        mut told: impl FnMut(usize),
    ) -> Vec<Found> {
        let cadences: HashMap<SiteId, SignedDuration> =
            sites.iter().map(|site| (site.id, cadence(site))).collect();
        let cadence = |site| cadences.get(&site).copied().unwrap_or(SignedDuration::ZERO);
        let spans = readings.spans();
        let Some(first) = spans.values().map(|(first, _)| *first).min() else { return Vec::new() };
        let arrived = |(site, (first, last)): (&SiteId, &(Timestamp, Timestamp))| {
            let last = last.saturating_add(cadence(*site)).unwrap_or(*last);
            (*site, (*first, last))
        };
        let heard = spans.iter().map(arrived).collect();
        let mut replay = Self::new(sites, first, &heard);
        for (done, (arrived, site, arrival)) in readings.arrivals(cadence).enumerate() {
            // What arrives at the very end of a quarter hour is looked at then.
            let inside = arrived - SignedDuration::from_nanos(1);
            replay.advance_to(Interval::containing(inside));
            replay.arrive(site, arrival);
            if done % TOLD_EVERY == 0 {
                told(done);
            }
        }
        replay.advance_to(replay.now.offset(Interval::PER_HOUR));
        replay.found.into_iter().map(|(_, found)| found).collect()
    }

    /// Everything that was found, in the order in which it was raised.
    pub fn found(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().map(|(_, found)| found)
    }
}
