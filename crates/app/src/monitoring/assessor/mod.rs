//! Judges the fleet as readings come in.
//!
//! The last three local days of every site stay in memory, beside what the
//! clear-sky model gives them, so that a new reading costs one small query and
//! some arithmetic. What was judged is compared with what was written last, and
//! only what differs goes to the store.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::Assessment;
use greengrid_domain::time::Interval;
use jiff::Timestamp;
use tokio::sync::Mutex;

use self::fleet_state::FleetState;
use super::{AssessmentStore, ReadModels, StandingChange};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;

mod changes;
mod fleet_state;
mod inverters;
mod past;
mod region_state;
mod site_state;
#[cfg(test)]
mod tests;
mod training;

/// Sites read from the store at once.
const CHUNK: usize = 500;

/// Past days judged before the first look: they teach how each site's day is
/// shaped. Three weeks of a handful of regions.
const PAST_FIRST: usize = 150;

/// No window reaches further back than this many days, in any zone.
const OLDEST_DAYS: i64 = 4;

/// Judges every site of the fleet, again and again.
#[derive(bon::Builder)]
pub struct Assessor {
    directory: Directory,
    read_models: Arc<dyn ReadModels>,
    assessments: Arc<dyn AssessmentStore>,
    clock: Arc<dyn Clock>,
    #[builder(skip)]
    pending: parking_lot::Mutex<HashSet<(SiteId, Interval)>>,
    /// The newest interval that changed before any window, of each site.
    #[builder(skip)]
    older: parking_lot::Mutex<HashMap<SiteId, Interval>>,
    #[builder(skip)]
    state: Mutex<FleetState>,
}

impl Assessor {
    /// Reads the last days of the whole fleet. Sites that come later are read
    /// when they are first seen.
    pub async fn load(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        self.sync(&mut state).await
    }

    /// Reads the fleet and learns what it can do before anything is judged, so
    /// that a start raises no false alarm. Returns how many past days that
    /// took; the rest waits for [`Self::catch_up`].
    pub async fn prepare(&self) -> Result<usize, StoreError> {
        self.load().await?;
        self.train_baselines().await?;
        let mut past = 0;
        while past < PAST_FIRST {
            let judged = self.catch_up(10).await?;
            if judged == 0 {
                break;
            }
            past += judged;
        }
        if past > 0 {
            self.train_baselines().await?;
        }
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

    /// Whether baselines were learned on an earlier local day, or never.
    pub async fn day_changed(&self) -> bool {
        let state = self.state.lock().await;
        state.sites.iter().any(|known| known.trained != Some(known.today))
    }

    async fn assess_pending(
        &self,
        state: &mut FleetState,
        pending: &HashSet<(SiteId, Interval)>,
    ) -> Result<Vec<SiteId>, StoreError> {
        let now = self.clock.now();
        self.sync(state).await?;
        let skipped = state.roll(now);
        self.read_sites(state, &skipped).await?;
        self.read_touched(state, pending).await?;
        for (site, interval) in std::mem::take(&mut *self.older.lock()) {
            if let Some(known) = state.site_mut(site) {
                known.heard_earlier(interval);
            }
        }
        let regions = state.regions_due(now);
        if !regions.is_empty() {
            self.assessments.save_region_intervals(&regions).await?;
            state.regions_saved();
        }
        let minute = now.as_second().div_euclid(60);
        let all = state.minute != Some(minute);
        let due: Vec<usize> =
            (0..state.sites.len()).filter(|at| all || state.sites[*at].touched).collect();
        let mut fresh: Vec<(usize, Assessment)> = Vec::new();
        for at in due {
            let mut assessment = state.judge(at, now);
            if inverters::may_tell(&assessment) {
                assessment = self.ask_inverters(state, at, now, assessment).await?;
            } else {
                state.sites[at].forget_inverters(&assessment);
            }
            if state.sites[at].is_news(&assessment) {
                fresh.push((at, assessment));
            }
        }
        self.write(state, now, fresh).await.inspect(|_| state.minute = Some(minute))
    }

    async fn write(
        &self,
        state: &mut FleetState,
        now: Timestamp,
        fresh: Vec<(usize, Assessment)>,
    ) -> Result<Vec<SiteId>, StoreError> {
        if !fresh.is_empty() {
            let changes: Vec<StandingChange> = fresh
                .iter()
                .filter_map(|(at, assessment)| {
                    let known = &state.sites[*at];
                    changes::change(&known.site, now, known.written.as_ref(), assessment)
                })
                .collect();
            let assessments: Vec<Assessment> =
                fresh.iter().map(|(_, assessment)| assessment.clone()).collect();
            self.assessments.save(now, &assessments, &changes).await?;
        }
        for site in &mut state.sites {
            site.touched = false;
        }
        let written = fresh.iter().map(|(_, assessment)| assessment.site).collect();
        for (at, assessment) in fresh {
            state.sites[at].written = Some(assessment);
        }
        Ok(written)
    }

    /// Follows the directory: adds sites that are new, with their last days,
    /// and drops those that are gone.
    async fn sync(&self, state: &mut FleetState) -> Result<(), StoreError> {
        let snapshot = self.directory.snapshot();
        if state.is_of(&snapshot) {
            return Ok(());
        }
        let now = self.clock.now();
        let new = state.follow(&snapshot, now);
        if new.is_empty() {
            state.followed(snapshot);
            return Ok(());
        }
        for ids in new.chunks(CHUNK) {
            let (baselines, stored) =
                tokio::try_join!(self.assessments.baselines(ids), self.assessments.of_sites(ids))?;
            state.take_known(baselines, stored);
            self.read_sites(state, ids).await?;
            tokio::task::yield_now().await;
        }
        for id in state.never_heard() {
            let last = self.read_models.span(id).await?.map(|(_, last)| last);
            state.heard_last(id, last);
        }
        state.followed(snapshot);
        Ok(())
    }

    /// Reads the whole window of sites.
    async fn read_sites(&self, state: &mut FleetState, ids: &[SiteId]) -> Result<(), StoreError> {
        for ids in ids.chunks(CHUNK) {
            let Some((from, to)) = state.window_of(ids) else { continue };
            let read = self.read_models.intervals(ids, from, to).await?;
            state.take_actuals(read);
        }
        Ok(())
    }

    /// Reads what changed, if it lies within the window.
    async fn read_touched(
        &self,
        state: &mut FleetState,
        pending: &HashSet<(SiteId, Interval)>,
    ) -> Result<(), StoreError> {
        let mut of_site: HashMap<SiteId, (Interval, Interval)> = HashMap::new();
        for (site, interval) in pending {
            if state.holds(*site, *interval) {
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
            let read = self.read_models.intervals(&ids, *from, last.next()).await?;
            state.take_actuals(read);
        }
        Ok(())
    }
}
