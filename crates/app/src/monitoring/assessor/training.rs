use std::collections::HashMap;

use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::monitoring::Baseline;
use greengrid_domain::monitoring::baseline::{
    SiteDays, WINDOW_DAYS, day_index, learn_shape, train,
};
use jiff::ToSpan;
use jiff::civil::Date;

use super::fleet_state::FleetState;
use super::site_state::SiteState;
use super::{Assessor, CHUNK};
use crate::error::StoreError;
use crate::monitoring::DailyEnergy;

/// Days between two for which the clear-sky energy is computed; between them
/// it is drawn straight. The season bends it by far less than a per cent.
const SAMPLED: usize = 6;

/// A day counts when it has this share of the site's usual valid readings.
const COMPLETE: f64 = 0.6;

/// Days of the index shown and judged.
const INDEX_DAYS: usize = 30;

/// Days with a shape before it replaces what was learned earlier.
const ENOUGH_SHAPES: usize = 8;

impl Assessor {
    /// Learns from the last 90 days what every site can do, and how its last
    /// 30 days compare with that.
    pub async fn train_baselines(&self) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        self.sync(&mut state).await?;
        let regions: Vec<RegionCode> = state.regions.keys().cloned().collect();
        for region in regions {
            self.train_region(&mut state, &region).await?;
        }
        Ok(())
    }

    async fn train_region(
        &self,
        state: &mut FleetState,
        region: &RegionCode,
    ) -> Result<(), StoreError> {
        let Some(members) = state.regions.get(region).map(|region| region.members.clone()) else {
            return Ok(());
        };
        let Some(today) = members.iter().map(|at| state.sites[*at].today).max() else {
            return Ok(());
        };
        let window = (today.saturating_sub(WINDOW_DAYS.days()), today.saturating_sub(1.day()));
        let mut sites: Vec<SiteDays> = Vec::with_capacity(members.len());
        for members in members.chunks(CHUNK) {
            let ids: Vec<SiteId> = members.iter().map(|at| state.sites[*at].site.id).collect();
            let mut days: HashMap<SiteId, Vec<DailyEnergy>> = HashMap::new();
            for (id, day) in self.read_models.days(&ids, window.0, window.1).await? {
                days.entry(id).or_default().push(day);
            }
            for known in members.iter().map(|at| &state.sites[*at]) {
                let own = days.remove(&known.site.id).unwrap_or_default();
                sites.push(site_days(known, window.0, &own));
            }
            tokio::task::yield_now().await;
        }
        let trained = train(window, &sites);
        let mut learned: Vec<Baseline> = Vec::new();
        for ((at, days), baseline) in members.iter().zip(&sites).zip(trained.baselines) {
            let id = state.sites[*at].site.id;
            let shapes: Vec<_> = state
                .shapes
                .get(&id)
                .filter(|shapes| shapes.len() >= ENOUGH_SHAPES)
                .map(|shapes| shapes.values().copied().collect())
                .unwrap_or_default();
            let baseline = learn_shape(&baseline, &shapes);
            let known = &mut state.sites[*at];
            known.daily_index = days
                .days
                .iter()
                .zip(&trained.sky)
                .skip(days.days.len().saturating_sub(INDEX_DAYS))
                .map(|(day, sky)| day_index(&baseline, *day, *sky))
                .collect();
            known.touched = true;
            known.trained = Some(known.today);
            if differs(known.model.baseline(), &baseline) {
                known.model.learn(baseline);
                learned.push(baseline);
            }
        }
        if !learned.is_empty() {
            self.assessments.save_baselines(&learned).await?;
            state.baselines_changed(region);
        }
        Ok(())
    }
}

impl FleetState {
    /// What is expected of a region changed: its sums have to be drawn anew.
    fn baselines_changed(&mut self, code: &RegionCode) {
        let Some(region) = self.regions.get_mut(code) else { return };
        let sites = || region.members.iter().map(|at| &self.sites[*at]);
        let from = sites().map(|site| site.from).min();
        let end = sites().map(SiteState::end).max();
        if let Some((from, end)) = from.zip(end) {
            region.due.extend(from.until(end));
        }
    }
}

/// Production and model of a site on each day of the window.
fn site_days(known: &SiteState, first: Date, own: &[DailyEnergy]) -> SiteDays {
    let days = usize::try_from(WINDOW_DAYS).unwrap_or(0);
    let mut valid: Vec<i32> =
        own.iter().map(|day| day.readings[0]).filter(|valid| *valid > 0).collect();
    valid.sort_unstable();
    let usual = f64::from(valid.get(valid.len() / 2).copied().unwrap_or(0));
    let model = clear_days(known, first, days);
    let mut seen: Vec<Option<(f64, f64)>> = vec![None; days];
    for day in own {
        let place =
            first.until(day.day).ok().and_then(|span| usize::try_from(span.get_days()).ok());
        let Some(place) = place.filter(|place| *place < days) else { continue };
        if f64::from(day.readings[0]) >= COMPLETE * usual && usual > 0.0 {
            seen[place] = Some((day.energy.kwh() * 1000.0, model[place]));
        }
    }
    SiteDays { known: *known.model.baseline(), days: seen }
}

/// Clear-sky energy of each day.
fn clear_days(known: &SiteState, first: Date, days: usize) -> Vec<f64> {
    let zone = &known.site.details.zone;
    let of = |place: usize| {
        let place = i64::try_from(place).unwrap_or(0);
        known.model.clear_day(zone, first.saturating_add(place.days()))
    };
    let sampled: Vec<f64> = (0..=days.div_ceil(SAMPLED)).map(|step| of(step * SAMPLED)).collect();
    (0..days)
        .map(|day| {
            let (step, past) = (day / SAMPLED, day % SAMPLED);
            let share = f64::from(u8::try_from(past).unwrap_or(0))
                / f64::from(u8::try_from(SAMPLED).unwrap_or(1));
            sampled[step] + (sampled[step + 1] - sampled[step]) * share
        })
        .collect()
}

/// Whether a baseline is worth writing: gains wander by a thousandth from day
/// to day.
fn differs(known: &Baseline, fresh: &Baseline) -> bool {
    known.version == 0 && fresh.version > 0
        || (known.gain - fresh.gain).abs() > 0.002
        || (known.confidence - fresh.confidence).abs() > 0.02
        || known.shape.iter().zip(&fresh.shape).any(|(a, b)| (a - b).abs() > 0.01)
}
