use std::collections::HashMap;

use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel, Sky};
use greengrid_domain::monitoring::rules::{Point, Slot, find_own_clear_sky};
use greengrid_domain::monitoring::{DaySummary, IntervalActual, RegionInterval};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::state::State;
use super::{Assessor, CHUNK};
use crate::error::StoreError;
use crate::monitoring::engine::{Engine, RegionSky, SiteWatch};

/// Half of the longest day that is summed up, around noon.
const DAYLIGHT: SignedDuration = SignedDuration::from_hours(8);

/// A site over some past days: its position, and its slots.
struct PastSite {
    at: usize,
    slots: Vec<Slot>,
}

impl Assessor {
    /// Sums up some of the days that wait for it, newest first. Returns how many
    /// they were; none when no more wait.
    pub async fn catch_up(&self, limit: i64) -> Result<usize, StoreError> {
        loop {
            let due = self.assessments.take_due(limit).await?;
            let mut judged = 0;
            for (done, (region, day)) in due.iter().enumerate() {
                match self.assess_past(region, *day).await {
                    Ok(was_past) => judged += usize::from(was_past),
                    Err(error) => {
                        self.assessments.put_due(&due[done..]).await?;
                        return Err(error);
                    }
                }
            }
            if judged > 0 || due.is_empty() {
                return Ok(judged);
            }
        }
    }

    /// Draws the sky and the sums of a region on a day (UTC) anew, and sums up
    /// what its sites' local days around it taught. False when nothing of it is
    /// past yet: whoever judges the present has done it already.
    async fn assess_past(&self, region: &RegionCode, utc_day: Date) -> Result<bool, StoreError> {
        let mut state = self.state.lock().await;
        self.sync(&mut state).await?;
        let Some(members) = state.engine.regions.get(region).map(|sky| sky.members.clone()) else {
            return Ok(false);
        };
        let Ok(start) = utc_day.to_zoned(TimeZone::UTC) else { return Ok(false) };
        let start = Interval::containing(start.timestamp());
        let end = start.offset(Interval::PER_DAY);
        let days: Vec<Vec<Date>> =
            members.iter().map(|at| lit_days(&state.engine.sites[*at], utc_day)).collect();
        let windows = members.iter().map(|at| state.engine.sites[*at].from).min();
        if days.iter().all(Vec::is_empty) && windows.is_none_or(|from| from <= start) {
            return Ok(false);
        }
        let (from, to) = span(&state.engine, &members, &days, (start, end));
        let suns: Vec<IntervalSun> = from.until(to).map(IntervalSun::of).collect();
        let mut sites: Vec<PastSite> = Vec::with_capacity(members.len());
        for some in members.chunks(CHUNK) {
            let ids: Vec<SiteId> = some.iter().map(|at| state.engine.sites[*at].site.id).collect();
            let read = self.read_models.intervals(&ids, from, to).await?;
            sites.extend(with_model(&state.engine, some, &suns, from, read));
            tokio::task::yield_now().await;
        }
        let sky = told(&state.engine, &sites, from, to);
        self.save_sums(&state, region, &sites, &sky, (from, start, end)).await?;
        for (site, days) in sites.iter().zip(&days) {
            sum_up(&mut state, site, days, &sky, from);
        }
        Ok(true)
    }

    /// Writes what a region produced and should have. The windows have the last
    /// word on the days they hold.
    async fn save_sums(
        &self,
        state: &State,
        region: &RegionCode,
        sites: &[PastSite],
        sky: &RegionSky,
        (from, start, end): (Interval, Interval, Interval),
    ) -> Result<(), StoreError> {
        let first = sites.iter().map(|past| state.engine.sites[past.at].from).min();
        let sums: Vec<RegionInterval> = start
            .until(end)
            .filter(|interval| first.is_none_or(|first| *interval < first))
            .map(|interval| sums(&state.engine, region, sites, sky, from, interval))
            .collect();
        if !sums.is_empty() {
            self.assessments.save_region_intervals(&sums).await?;
        }
        Ok(())
    }
}

/// The local days of a site that have light on a day of UTC.
fn lit_days(watch: &SiteWatch, utc_day: Date) -> Vec<Date> {
    let Ok(begin) = utc_day.to_zoned(TimeZone::UTC) else { return Vec::new() };
    let begin = begin.timestamp();
    let end = begin + SignedDuration::from_hours(24);
    let zone = &watch.site.details.zone;
    (-1..=1)
        .map(|by| utc_day.saturating_add(by.days()))
        .filter(|day| *day < watch.today)
        .filter(|day| {
            let noon = zone.start_of(*day) + SignedDuration::from_hours(12);
            noon + DAYLIGHT > begin && noon - DAYLIGHT < end
        })
        .collect()
}

/// From the first to the end of the last interval that is needed.
fn span(
    engine: &Engine,
    members: &[usize],
    days: &[Vec<Date>],
    utc: (Interval, Interval),
) -> (Interval, Interval) {
    members.iter().zip(days).fold(utc, |(from, to), (at, days)| {
        let zone = &engine.sites[*at].site.details.zone;
        let first = days.first().map(|day| Interval::containing(zone.start_of(*day)));
        let last = days.last().map(|day| Interval::containing(zone.end_of(*day)));
        (first.map_or(from, |first| from.min(first)), last.map_or(to, |last| to.max(last)))
    })
}

fn with_model(
    engine: &Engine,
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
        let watch = &engine.sites[*at];
        let mut slots: Vec<Slot> = suns
            .iter()
            .map(|sun| Slot { clear: watch.model.clear_sky(sun), ..Slot::default() })
            .collect();
        for actual in of_site.remove(&watch.site.id).unwrap_or_default() {
            if let Some(slot) = place(actual.interval, from).and_then(|at| slots.get_mut(at)) {
                slot.take(&actual);
            }
        }
        PastSite { at: *at, slots }
    };
    members.iter().map(past).collect()
}

fn place(interval: Interval, from: Interval) -> Option<usize> {
    usize::try_from(interval.index() - from.index()).ok()
}

fn told(engine: &Engine, sites: &[PastSite], from: Interval, to: Interval) -> RegionSky {
    let mut sky = RegionSky::default();
    for (at, interval) in from.until(to).enumerate() {
        let told = sites
            .iter()
            .filter(|past| engine.sites[past.at].voted(interval.start()))
            .filter_map(|past| {
                let clearness = past.slots[at].tells(&engine.sites[past.at].model)?;
                Some((clearness, past.at))
            });
        sky.tell(interval, told);
    }
    sky
}

fn sums(
    engine: &Engine,
    region: &RegionCode,
    sites: &[PastSite],
    sky: &RegionSky,
    from: Interval,
    interval: Interval,
) -> RegionInterval {
    let slots = || {
        let at = place(interval, from);
        sites.iter().filter_map(move |past| Some((past, past.slots.get(at?)?)))
    };
    let expected: f64 = slots()
        .map(|(past, slot)| {
            let model: &SiteModel = &engine.sites[past.at].model;
            let usual = model.baseline().usual_sky;
            model.expected(slot.clear, sky.sky(past.at, interval, interval, usual)).wh
        })
        .sum();
    let heard = slots().filter(|(_, slot)| slot.covered_s > 0);
    RegionInterval {
        region: region.clone(),
        interval,
        clearness: sky.clearness(interval),
        sites: i32::try_from(heard.count()).unwrap_or(i32::MAX),
        actual: Energy::from_wh(slots().map(|(_, slot)| i64::from(slot.wh)).sum()),
        expected: Energy::from_wh_rounded(expected),
    }
}

/// What the local days of a site taught.
fn sum_up(state: &mut State, past: &PastSite, days: &[Date], sky: &RegionSky, from: Interval) {
    let watch = &mut state.engine.sites[past.at];
    let usual = watch.model.baseline().usual_sky;
    let seen = |interval: Interval| -> Sky { sky.sky(past.at, interval, interval, usual) };
    for day in days {
        let zone = &watch.site.details.zone;
        let (begin, end): (Timestamp, Timestamp) = (zone.start_of(*day), zone.end_of(*day));
        let mut points: Vec<Point> = Interval::containing(begin)
            .until(Interval::containing(end))
            .filter_map(|interval| {
                let slot = past.slots.get(place(interval, from)?)?;
                Some(Point::of(interval, slot, &watch.model, seen(interval)))
            })
            .collect();
        if !points.iter().any(Point::was_heard) {
            continue;
        }
        let all = 0..points.len();
        find_own_clear_sky(&mut points, all, &watch.model);
        let summary = DaySummary::of(
            *day,
            &watch.model,
            watch.site.details.reports_at_night,
            &points,
            |point| watch.is_hidden(point.interval.start()),
        );
        watch.put_day(summary);
        watch.unsaved.insert(*day);
        state.relearn.insert(watch.site.id);
    }
}
