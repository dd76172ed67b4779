//! A replay of history gathers readings in memory as the projection does in the
//! database: whatever arrives, both make the same quarter hours of it.

use std::collections::HashMap;
use std::sync::Arc;

use greengrid_app::fleet::SiteStore;
use greengrid_app::ingestion::AppendRow;
use greengrid_app::monitoring::ReadModels;
use greengrid_app::monitoring::backtest::{Arrival, Gatherer};
use greengrid_domain::fleet::{DeviceId, Site, SiteId};
use greengrid_domain::ingestion::{DeviceHistory, Measurement, ReadingKey, classify};
use greengrid_domain::monitoring::IntervalActual;
use greengrid_domain::time::Interval;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::SignedDuration;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{append, project, set_cadence};
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, sites};
use crate::postgres::monitoring::PgReadModels;
use crate::postgres::testing::TestDatabase;

/// Hours over which readings arrive, and rows that arrive.
const HOURS: i64 = 6;
const ROWS: usize = 160;

/// What a device might say: mostly what it should, sometimes little, sometimes
/// what cannot be.
fn measurement(rng: &mut StdRng) -> Measurement {
    let mut maybe = |share: f64| rng.random_bool(share);
    let (power, energy, counter) = (maybe(0.8), maybe(0.5), maybe(0.6));
    let (light, voltage, status) = (maybe(0.3), maybe(0.2), maybe(0.1));
    let watts = match rng.random_range(0..20) {
        0 => rng.random_range(20_000..90_000),
        1 => rng.random_range(-3_000..0),
        _ => rng.random_range(0..9_000),
    };
    Measurement {
        power: power.then(|| Power::from_watts(watts)),
        energy: energy.then(|| Energy::from_wh(rng.random_range(-5..900))),
        energy_total: counter.then(|| MeterRegister::from_wh(rng.random_range(1_000..9_000))),
        irradiance_wm2: light.then_some(640.5),
        temperature_c: None,
        voltage_v: voltage.then_some(230.0),
        status_code: status.then(|| "FAULT".to_owned()),
    }
}

/// Readings of these devices in an order in which they might arrive, some of
/// them late, again, or corrected.
fn arrivals(rng: &mut StdRng, cadence_s: i64, devices: &[i32]) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = Vec::new();
    while arrivals.len() < ROWS {
        if !arrivals.is_empty() && rng.random_bool(0.2) {
            let mut again = arrivals[rng.random_range(0..arrivals.len())].clone();
            if rng.random_bool(0.4) {
                again.measurement = measurement(rng);
            }
            arrivals.push(again);
            continue;
        }
        let steps = HOURS * 3600 / cadence_s;
        let at = SignedDuration::from_secs(cadence_s * rng.random_range(0..steps));
        arrivals.push(Arrival {
            measured_at: noon() + at,
            device: DeviceId::from(devices[rng.random_range(0..devices.len())]),
            measurement: measurement(rng),
        });
    }
    arrivals
}

/// What the log makes of arrivals.
fn classified(site: &Site, arrivals: &[Arrival]) -> Vec<AppendRow> {
    let mut histories: HashMap<DeviceId, DeviceHistory> = HashMap::new();
    arrivals
        .iter()
        .map(|Arrival { measured_at, device, measurement }| {
            let history = histories.entry(*device).or_default();
            let reasons = classify(&site.details, *measured_at, measurement, history);
            history.observe(*measured_at, measurement);
            let key = ReadingKey { site: site.id, measured_at: *measured_at, device: *device };
            AppendRow { key, measurement: measurement.clone(), reasons }
        })
        .collect()
}

async fn projected(db: &TestDatabase, site: SiteId, rows: Vec<AppendRow>) -> Vec<IntervalActual> {
    let store = PgEventStore::start(db.pool());
    for some in rows.chunks(37) {
        append(&store, some.to_vec()).await;
        project(&db.pool()).await;
    }
    let first = Interval::containing(noon());
    let models = PgReadModels::new(db.pool());
    let found = models.intervals(&[site], first.offset(-8), first.offset(96)).await.unwrap();
    found.into_iter().map(|(_, actual)| actual).collect()
}

async fn check(seed: u64, cadence_s: i32, devices: &[i32]) {
    let mut rng = StdRng::seed_from_u64(seed);
    let db = TestDatabase::from_template().await;
    let id = sites(&db.pool(), &["one"], "UTC").await[0];
    set_cadence(&db.pool(), id, cadence_s).await;
    let known = PgSiteStore::new(db.pool()).sites().await.unwrap();
    let site = Arc::new(known.into_iter().find(|site| site.id == id).unwrap());
    let arrivals = arrivals(&mut rng, cadence_s.into(), devices);

    let projected = projected(&db, id, classified(&site, &arrivals)).await;
    let mut gatherer = Gatherer::new(site);
    // Whether it is asked in between makes no difference.
    let mut by_gatherer: HashMap<Interval, IntervalActual> = HashMap::new();
    for some in arrivals.chunks(11) {
        some.iter().cloned().for_each(|arrival| gatherer.put(arrival));
        by_gatherer.extend(gatherer.changed().into_iter().map(|actual| (actual.interval, actual)));
    }

    assert!(projected.len() > 10, "{}", projected.len());
    assert_eq!(by_gatherer.len(), projected.len(), "{devices:?} every {cadence_s} s");
    for actual in projected {
        assert_eq!(by_gatherer.get(&actual.interval), Some(&actual), "{devices:?}, {cadence_s} s");
    }
}

#[tokio::test]
async fn readings_of_the_site_are_gathered_as_they_are_projected() {
    for (seed, cadence_s) in [(1, 300), (2, 900), (3, 1_800), (4, 3_600)] {
        check(seed, cadence_s, &[0]).await;
    }
}

#[tokio::test]
async fn readings_of_two_devices_are_gathered_as_they_are_projected() {
    for (seed, cadence_s) in [(5, 300), (6, 600), (7, 900), (8, 3_600)] {
        check(seed, cadence_s, &[1, 2]).await;
    }
}

#[tokio::test]
async fn readings_of_the_site_and_its_devices_are_gathered_as_they_are_projected() {
    for (seed, cadence_s) in [(9, 300), (10, 900), (11, 1_200)] {
        check(seed, cadence_s, &[0, 1, 2]).await;
    }
}
