//! Judges the fleet as readings come in.
//!
//! The last three local days of every site stay in memory, beside what the
//! clear-sky model gives them, so that a new reading costs one small query and
//! some arithmetic. What was judged is compared with what was written last, and
//! only what differs goes to the store. What is found, and when, is the business
//! of the engine that the backtest drives too; here is what it takes to keep it
//! fed and to tell what it found.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{AnomalyChange, AnomalyId, Assessment};
use greengrid_domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use self::state::{Known, State};
use super::engine::Judged;
use super::{AnomalyStore, AssessmentStore, MaintenanceSpans, ReadModels, StandingChange};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::ids::Ids;

mod changes;
mod inverters;
mod past;
mod standing;
mod state;
#[cfg(test)]
mod tests;

/// Sites read from the store at once.
const CHUNK: usize = 500;

/// Days of regions summed up before the first look, so that a start raises no
/// false alarm: three weeks of a handful of regions.
const PAST_FIRST: usize = 150;

/// No window reaches further back than this many days, in any zone.
const OLDEST_DAYS: i64 = 4;

/// What is remembered of a site reaches back so far: the days that are kept.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 125);

/// Judges every site of the fleet, again and again.
#[derive(bon::Builder)]
pub struct Assessor {
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    assessments: Arc<dyn AssessmentStore>,
    anomalies: Arc<dyn AnomalyStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    #[builder(skip)]
    pending: parking_lot::Mutex<HashSet<(SiteId, Interval)>>,
    /// The newest interval that changed before any window, of each site.
    #[builder(skip)]
    older: parking_lot::Mutex<HashMap<SiteId, Interval>>,
    #[builder(skip)]
    state: Mutex<State>,
}

impl Assessor {
    /// Reads the last days of the whole fleet, and learns what it can do before
    /// anything is judged. Returns how many past days that took; the rest waits
    /// for [`Self::catch_up`].
    pub async fn prepare(&self) -> Result<usize, StoreError> {
        {
            let mut state = self.state.lock().await;
            self.sync(&mut state).await?;
        }
        let mut past = 0;
        while past < PAST_FIRST {
            let judged = self.catch_up(10).await?;
            if judged == 0 {
                break;
            }
            past += judged;
        }
        self.learn().await?;
        Ok(past)
    }

    /// Takes note of intervals that changed; [`Self::assess`] looks at them.
    pub fn touched(&self, intervals: &[(SiteId, Interval)]) {
        // Older ones are judged as past days; an import may touch millions.
        let oldest =
            Interval::containing(self.clock.now()).offset(-OLDEST_DAYS * Interval::PER_DAY);
        let (recent, older): (Vec<_>, Vec<_>) =
            intervals.iter().partition(|(_, interval)| *interval >= oldest);
        self.pending.lock().extend(recent);
        let mut newest = self.older.lock();
        for (site, interval) in older {
            let known = newest.entry(site).or_insert(interval);
            *known = interval.max(*known);
        }
    }

    /// Learns anew what the sites can do whose past days changed.
    pub async fn learn(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        let changed: Vec<SiteId> = std::mem::take(&mut state.relearn).into_iter().collect();
        for some in changed.chunks(CHUNK) {
            for id in some {
                if let Some(watch) = state.engine.site_mut(*id) {
                    watch.learn();
                }
            }
            tokio::task::yield_now().await;
        }
        state.engine.all_regions_due();
        self.save_learned(&mut state).await
    }

    /// Judges the sites that changed, and once in a minute all of them, since
    /// silence is news too. Returns those whose standing was written.
    pub async fn assess(&self) -> Result<Vec<SiteId>, StoreError> {
        let mut state = self.state.lock().await;
        let pending = std::mem::take(&mut *self.pending.lock());
        let outcome = self.assess_pending(&mut state, &pending).await;
        if outcome.is_err() {
            // Nothing is lost: what was taken is looked at again.
            self.pending.lock().extend(pending);
        }
        outcome
    }

    async fn assess_pending(
        &self,
        state: &mut State,
        pending: &HashSet<(SiteId, Interval)>,
    ) -> Result<Vec<SiteId>, StoreError> {
        let now = self.clock.now();
        self.sync(state).await?;
        let skipped = state.engine.roll(now);
        self.read_sites(state, &skipped).await?;
        self.read_touched(state, pending).await?;
        for (site, interval) in std::mem::take(&mut *self.older.lock()) {
            if let Some(known) = state.engine.site_mut(site) {
                known.heard_earlier(interval);
            }
        }
        state.engine.draw_skies();
        let regions = state.engine.regions_due(now);
        if !regions.is_empty() {
            self.assessments.save_region_intervals(&regions).await?;
            state.engine.regions_drawn();
        }
        self.save_learned(state).await?;
        let minute = now.as_second().div_euclid(60);
        let all = state.minute != Some(minute);
        if all {
            let windows = self.anomalies.windows(now - REMEMBERED).await?;
            state.take_maintenance(&MaintenanceSpans::new(&windows));
        }
        let due: Vec<usize> = (0..state.engine.sites.len())
            .filter(|at| all || state.engine.sites[*at].touched)
            .collect();
        let mut fresh: Vec<Assessment> = Vec::new();
        let mut changes: Vec<AnomalyChange> = Vec::new();
        for at in due {
            let mut assessment = self.judge(state, at, now, &mut changes);
            if inverters::may_tell(&assessment)
                && self.ask_inverters(state, at, &assessment).await?
            {
                assessment = self.judge(state, at, now, &mut changes);
            }
            let watch = &mut state.engine.sites[at];
            if assessment.finding.is_none() {
                watch.inverters = None;
            }
            let written = state.written.get(&assessment.site);
            if standing::is_news(written, &assessment, watch.touched) {
                fresh.push(assessment);
            }
        }
        if !changes.is_empty() {
            self.anomalies.record(&changes).await?;
        }
        self.write(state, now, fresh).await.inspect(|_| state.minute = Some(minute))
    }

    fn judge(
        &self,
        state: &mut State,
        at: usize,
        now: Timestamp,
        changes: &mut Vec<AnomalyChange>,
    ) -> Assessment {
        let Judged { detections, news } =
            state.engine.judge(at, now, || AnomalyId::from(self.ids.uuid()));
        let site = state.engine.sites[at].site.id;
        changes.extend(state.worth_telling(site, now, news));
        standing::assess(&state.engine.sites[at], &detections, now)
    }

    async fn write(
        &self,
        state: &mut State,
        now: Timestamp,
        fresh: Vec<Assessment>,
    ) -> Result<Vec<SiteId>, StoreError> {
        if !fresh.is_empty() {
            let changes: Vec<StandingChange> = fresh
                .iter()
                .filter_map(|assessment| {
                    let known = state.engine.site(assessment.site)?;
                    let before = state.written.get(&assessment.site);
                    changes::change(&known.site, now, before, assessment)
                })
                .collect();
            self.assessments.save(now, &fresh, &changes).await?;
        }
        for site in &mut state.engine.sites {
            site.touched = false;
        }
        let written = fresh.iter().map(|assessment| assessment.site).collect();
        for assessment in fresh {
            state.written.insert(assessment.site, assessment);
        }
        Ok(written)
    }

    /// Writes the days and baselines that were learned since the last time.
    async fn save_learned(&self, state: &mut State) -> Result<(), StoreError> {
        let mut days = Vec::new();
        let mut baselines = Vec::new();
        for watch in &state.engine.sites {
            let fresh = watch.days.iter().filter(|day| watch.unsaved.contains(&day.day));
            days.extend(fresh.map(|day| (watch.site.id, day.clone())));
            if watch.learned {
                baselines.push(watch.model.baseline().clone());
            }
        }
        for days in days.chunks(CHUNK) {
            self.assessments.save_days(days).await?;
        }
        for baselines in baselines.chunks(CHUNK) {
            self.assessments.save_baselines(baselines).await?;
        }
        for watch in &mut state.engine.sites {
            watch.unsaved.clear();
            watch.learned = false;
        }
        Ok(())
    }

    /// Follows the directory: adds sites that are new, with their last days,
    /// and drops those that are gone.
    async fn sync(&self, state: &mut State) -> Result<(), StoreError> {
        let snapshot = self.directory.snapshot();
        if state.is_of(&snapshot) {
            return Ok(());
        }
        let now = self.clock.now();
        let fleet: Vec<_> = snapshot.sites().cloned().collect();
        let new = state.engine.follow(&fleet, now);
        for ids in new.chunks(CHUNK) {
            let since = now - REMEMBERED;
            let (baselines, assessments, days, anomalies) = tokio::try_join!(
                self.assessments.baselines(ids),
                self.assessments.of_sites(ids),
                self.assessments.days(ids, since),
                self.anomalies.open_of(ids, since),
            )?;
            state.take_known(Known { baselines, days, anomalies, assessments });
            self.read_sites(state, ids).await?;
            tokio::task::yield_now().await;
        }
        for id in new {
            if state.engine.site(id).is_some_and(|known| known.last_reading().is_none())
                && let Some((_, last)) = self.read_models.span(id).await?
                && let Some(known) = state.engine.site_mut(id)
            {
                known.heard_before = Some(known.site.details.zone.end_of(last));
            }
        }
        state.followed(snapshot);
        Ok(())
    }

    /// Reads the whole window of sites.
    async fn read_sites(&self, state: &mut State, ids: &[SiteId]) -> Result<(), StoreError> {
        for ids in ids.chunks(CHUNK) {
            let Some((from, to)) = state.engine.window_of(ids) else { continue };
            for (id, actual) in self.read_models.intervals(ids, from, to).await? {
                state.engine.take(id, &actual);
            }
        }
        Ok(())
    }

    /// Reads what changed, if it lies within the window.
    async fn read_touched(
        &self,
        state: &mut State,
        pending: &HashSet<(SiteId, Interval)>,
    ) -> Result<(), StoreError> {
        let mut of_site: HashMap<SiteId, (Interval, Interval)> = HashMap::new();
        for (site, interval) in pending {
            if state.engine.holds(*site, *interval) {
                let span = of_site.entry(*site).or_insert((*interval, *interval));
                *span = (span.0.min(*interval), span.1.max(*interval));
            }
        }
        let mut sites: Vec<(SiteId, (Interval, Interval))> = of_site.into_iter().collect();
        // Neighbours in time are read together: the newest quarter hour of many
        // sites is one small query, the late hours of a few another.
        sites.sort_unstable_by_key(|(site, span)| (*span, *site));
        for group in sites.chunk_by(|a, b| a.1 == b.1).flat_map(|group| group.chunks(CHUNK)) {
            let Some((_, (from, last))) = group.first() else { continue };
            let ids: Vec<SiteId> = group.iter().map(|(site, _)| *site).collect();
            for (id, actual) in self.read_models.intervals(&ids, *from, last.next()).await? {
                state.engine.take(id, &actual);
            }
        }
        Ok(())
    }
}
