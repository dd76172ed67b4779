use std::collections::HashMap;

use greengrid_domain::fleet::Site;
use greengrid_domain::monitoring::expected::{IntervalSun, SiteModel, Sky};
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, Power};
use jiff::civil::Date;

use super::{Monitoring, untrained};
use crate::error::StoreError;
use crate::monitoring::models::{SiteCurve, SiteCurvePoint};

/// Coverage in seconds from which on a quarter hour's mean is shown.
const COVERED_S: i16 = 240;

pub(super) async fn curve(
    service: &Monitoring,
    site: &Site,
    from: Date,
    to: Date,
) -> Result<SiteCurve, StoreError> {
    let zone = &site.details.zone;
    let first = Interval::containing(zone.start_of(from));
    let end = Interval::containing(zone.end_of(to));
    let ids = [site.id];
    let region = &site.details.region;
    let (baselines, actual, sky) = tokio::try_join!(
        service.assessments.baselines(&ids),
        service.read_models.intervals(&ids, first, end),
        service.assessments.region_intervals(Some(region), first.offset(-1), end),
    )?;
    let baseline = baselines.into_iter().next().unwrap_or_else(|| untrained(site.id));
    let model = SiteModel::new(&site.details, baseline);
    let actual: HashMap<Interval, _> =
        actual.into_iter().map(|(_, actual)| (actual.interval, actual)).collect();
    let sky: HashMap<Interval, f64> =
        sky.into_iter().filter_map(|sky| Some((sky.interval, sky.clearness?))).collect();
    let now = Interval::containing(service.now());
    let (mut energy, mut expected_so_far) = (Energy::ZERO, 0.0);
    let points = first
        .until(end)
        .map(|interval| {
            let clear = model.clear_sky(&IntervalSun::of(interval));
            let state = match (sky.get(&interval), sky.get(&interval.offset(-1))) {
                (Some(now), before) => Sky::Told {
                    clearness: *now,
                    change: before.map_or(0.0, |before| now - before),
                    spread: 0.06,
                    sites: 5,
                },
                (None, _) if interval >= now => Sky::Clear,
                (None, _) => Sky::Usual(model.baseline().usual_sky),
            };
            let expected = model.expected(clear, state);
            let seen = actual.get(&interval);
            if let Some(seen) = seen {
                energy += seen.energy;
            }
            if interval < now && model.knows_its_size() {
                expected_so_far += expected.wh;
            }
            let seen = seen.filter(|seen| seen.covered_s >= COVERED_S);
            SiteCurvePoint {
                interval,
                actual: seen.map(|seen| {
                    let seconds = i64::from(seen.covered_s).max(1);
                    Power::from_watts(seen.energy.wh() * 3600 / seconds)
                }),
                expected: power(expected.wh),
                low: power(expected.low),
                high: power(expected.high),
            }
        })
        .collect();
    Ok(SiteCurve { from, to, points, energy, expected: Energy::from_wh_rounded(expected_so_far) })
}

/// Mean power over a quarter hour of this many watt-hours.
fn power(wh: f64) -> Power {
    Power::from_watts_rounded(wh * 4.0)
}
