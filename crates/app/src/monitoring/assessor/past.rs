use std::collections::{BTreeMap, HashMap};

use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::monitoring::expected::{self, ClearSky, IntervalSun, SiteModel, Sky};
use greengrid_domain::monitoring::{IntervalActual, RegionInterval};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::fleet_state::FleetState;
use super::{Assessor, CHUNK};
use crate::error::StoreError;

/// Days from which the shape of a site's day is learned.
const SHAPE_DAYS: usize = 30;

/// For some days, what share of the model each hour gave.
pub(super) type ShapeDays = BTreeMap<Date, [Option<f32>; 24]>;

/// A site on a past day: model and production of its 96 quarter hours.
struct PastSite {
    at: usize,
    slots: Vec<(ClearSky, Option<IntervalActual>)>,
}

impl Assessor {
    /// Judges some of the days that wait for it, newest first. Returns how many
    /// they were.
    pub async fn catch_up(&self, limit: i64) -> Result<usize, StoreError> {
        let due = self.assessments.take_due(limit).await?;
        for (done, (region, day)) in due.iter().enumerate() {
            if let Err(error) = self.assess_past(region, *day).await {
                self.assessments.put_due(&due[done..]).await?;
                return Err(error);
            }
        }
        Ok(due.len())
    }

    /// Draws the sky and the sums of a region on a day (UTC) anew, and learns
    /// from it how each site's day is shaped.
    pub async fn assess_past(&self, region: &RegionCode, utc_day: Date) -> Result<(), StoreError> {
        let mut state = self.state.lock().await;
        self.sync(&mut state).await?;
        let Some(members) = state.regions.get(region).map(|region| region.members.clone()) else {
            return Ok(());
        };
        let Ok(start) = utc_day.to_zoned(TimeZone::UTC) else { return Ok(()) };
        let from = Interval::containing(start.timestamp());
        let to = from.offset(Interval::PER_DAY);
        let suns: Vec<IntervalSun> = from.until(to).map(IntervalSun::of).collect();
        let mut sites: Vec<PastSite> = Vec::with_capacity(members.len());
        for members in members.chunks(CHUNK) {
            let ids: Vec<SiteId> = members.iter().map(|at| state.sites[*at].site.id).collect();
            let read = self.read_models.intervals(&ids, from, to).await?;
            sites.extend(with_model(&state, members, &suns, from, read));
            tokio::task::yield_now().await;
        }
        let drawn = draw(&state, region, &sites, from, to);
        // The windows have the last word on the days they hold.
        let first = members.iter().map(|at| state.sites[*at].from).min();
        let kept: Vec<RegionInterval> = drawn
            .iter()
            .filter(|drawn| first.is_none_or(|first| drawn.interval < first))
            .cloned()
            .collect();
        if !kept.is_empty() {
            self.assessments.save_region_intervals(&kept).await?;
        }
        learn(&mut state, &sites, &drawn, utc_day);
        Ok(())
    }
}

fn with_model(
    state: &FleetState,
    members: &[usize],
    suns: &[IntervalSun],
    from: Interval,
    read: Vec<(SiteId, IntervalActual)>,
) -> Vec<PastSite> {
    let mut of_site: HashMap<SiteId, Vec<IntervalActual>> = HashMap::new();
    for (id, actual) in read {
        of_site.entry(id).or_default().push(actual);
    }
    let past = |at: &usize| {
        let known = &state.sites[*at];
        let mut slots: Vec<(ClearSky, Option<IntervalActual>)> =
            suns.iter().map(|sun| (known.model.clear_sky(sun), None)).collect();
        for actual in of_site.remove(&known.site.id).unwrap_or_default() {
            let place = usize::try_from(actual.interval.index() - from.index()).ok();
            if let Some(slot) = place.and_then(|place| slots.get_mut(place)) {
                slot.1 = Some(actual);
            }
        }
        PastSite { at: *at, slots }
    };
    members.iter().map(past).collect()
}

/// Production had the whole quarter hour been covered.
fn whole(actual: &IntervalActual) -> Option<f64> {
    let covered = f64::from(actual.covered_s);
    (covered >= 600.0).then(|| actual.energy.kwh() * 1000.0 * 900.0 / covered)
}

fn draw(
    state: &FleetState,
    region: &RegionCode,
    sites: &[PastSite],
    from: Interval,
    to: Interval,
) -> Vec<RegionInterval> {
    let model = |site: &PastSite| -> &SiteModel { &state.sites[site.at].model };
    let mut drawn: Vec<RegionInterval> = Vec::new();
    for (place, interval) in from.until(to).enumerate() {
        let slots = || sites.iter().map(|site| (model(site), &site.slots[place]));
        let mut told: Vec<f64> = slots()
            .filter_map(|(model, (clear, actual))| {
                model.told_clearness(interval, *clear, whole(actual.as_ref()?)?)
            })
            .collect();
        let clearness = expected::region_clearness(&mut told);
        let before = drawn.last().and_then(|before| before.clearness);
        let expected_wh: f64 = slots()
            .map(|(model, (clear, _))| {
                let sky = match clearness {
                    Some(clearness) => {
                        let change = before.map_or(0.0, |before| clearness - before);
                        Sky::Told { clearness, change }
                    }
                    None => Sky::Usual(model.baseline().usual_sky),
                };
                model.expected(interval, *clear, sky).wh
            })
            .sum();
        let reported = || slots().filter_map(|(_, (_, actual))| actual.as_ref());
        let heard = reported().filter(|actual| actual.covered_s > 0).count();
        drawn.push(RegionInterval {
            region: region.clone(),
            interval,
            clearness,
            sites: i32::try_from(heard).unwrap_or(i32::MAX),
            actual: reported().map(|actual| actual.energy).sum(),
            expected: Energy::from_wh_rounded(expected_wh),
        });
    }
    drawn
}

/// Notes what share of the model each hour of the day gave at each site.
fn learn(state: &mut FleetState, sites: &[PastSite], drawn: &[RegionInterval], day: Date) {
    for past in sites {
        let known = &state.sites[past.at];
        let mut sums = [(0.0, 0.0); 24];
        for ((clear, actual), sky) in past.slots.iter().zip(drawn) {
            let Some((wh, clearness)) = actual.as_ref().and_then(whole).zip(sky.clearness) else {
                continue;
            };
            let share = known.model.share_of_model(sky.interval, *clear, clearness, wh);
            if let Some((wh, model)) = share {
                let sum = &mut sums[known.model.solar_hour(sky.interval)];
                *sum = (sum.0 + wh, sum.1 + model);
            }
        }
        let hours = sums.map(|(wh, model)| (model > 0.0).then(|| narrow(wh / model)));
        if hours.iter().any(Option::is_some) {
            let days = state.shapes.entry(known.site.id).or_default();
            days.insert(day, hours);
            while days.len() > SHAPE_DAYS {
                days.pop_first();
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a ratio, for which seven digits are plenty")]
const fn narrow(ratio: f64) -> f32 {
    ratio as f32
}
