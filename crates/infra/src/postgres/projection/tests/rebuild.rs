use greengrid_app::ingestion::AppendRow;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::ingestion::{Reason, Reasons};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::super::{RebuildError, rebuild};
use super::{
    after, append, begin_batch, everything, inconsistent, of_device, project, quarters,
    set_cadence, steady,
};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::sites;
use crate::postgres::testing::TestDatabase;

/// Readings over both clock changes of two zones, by day and by devices, with
/// repeats, corrections, impossible values and gaps, in the disorder in which
/// networks deliver them.
fn disorder(sites: &[SiteId]) -> Vec<Vec<AppendRow>> {
    let mut random = StdRng::seed_from_u64(7);
    let mut rows = Vec::new();
    for (number, site) in sites.iter().enumerate() {
        for start in ["2026-03-28T12:00:00Z", "2026-03-08T00:00:00Z", "2026-10-24T18:00:00Z"] {
            for mut row in steady(*site, start, 40) {
                row.measurement.power = Some(Power::from_watts(random.random_range(-20..9_000)));
                if number % 2 == 1 {
                    row = of_device(random.random_range(0..4), row);
                }
                if random.random_bool(0.3) {
                    row.measurement.energy = Some(Energy::from_wh(random.random_range(0..500)));
                }
                if random.random_bool(0.5) {
                    let total = random.random_range(0..9_000_000_000);
                    row.measurement.energy_total = Some(MeterRegister::from_wh(total));
                }
                match random.random_range(0..20) {
                    0 => continue,
                    1 => row = inconsistent(row),
                    2 => rows.push(row.clone()),
                    3 => {
                        let mut other = row.clone();
                        other.measurement.power = Some(Power::from_watts(1));
                        rows.push(other);
                    }
                    4 => row.reasons = Reasons::from_iter([Reason::CounterReset]),
                    5 => row.reasons = Reasons::from_iter([Reason::InverterFault]),
                    6 => {
                        row.measurement.power = None;
                        row.measurement.energy = None;
                        row.reasons = Reasons::from_iter([Reason::MissingValues]);
                    }
                    _ => {}
                }
                rows.push(row);
            }
        }
    }
    rows.shuffle(&mut random);
    rows.chunks(250).map(<[AppendRow]>::to_vec).collect()
}

#[tokio::test]
async fn a_rebuild_comes_out_identical() {
    let db = TestDatabase::from_template().await;
    let mut all = sites(&db.pool(), &["a", "b"], "Europe/Berlin").await;
    all.extend(sites(&db.pool(), &["c", "d"], "America/Los_Angeles").await);
    set_cadence(&db.pool(), all[2], 3_600).await;
    let store = PgEventStore::start(db.pool());
    let batches = disorder(&all);
    let (first, rest) = batches.split_at(batches.len() / 2);
    for batch in first {
        append(&store, batch.clone()).await;
        project(&db.pool()).await;
    }
    for batch in rest {
        append(&store, batch.clone()).await;
    }
    project(&db.pool()).await;
    let projected = everything(&db.pool()).await;
    assert!(projected.len() > 1_000);
    sqlx::raw_sql(
        "delete from site_interval where site_id % 2 = 0; update site_day set energy_wh = 0",
    )
    .execute(&db.pool())
    .await
    .unwrap();

    rebuild(&db.pool(), Initiator::CommandLine, &|_, _| {}).await.unwrap();
    assert!(everything(&db.pool()).await == projected);

    // And once more, from tables that are themselves the fruit of a rebuild.
    rebuild(&db.pool(), Initiator::CommandLine, &|_, _| {}).await.unwrap();
    assert!(everything(&db.pool()).await == projected);
    assert_eq!(project(&db.pool()).await, 0);
}

#[tokio::test]
async fn readings_that_come_in_during_a_rebuild_are_in_it() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(site, "2026-06-12T08:00:00Z", 2)).await;
    let open = begin_batch(&db.pool(), site, after(600)).await;
    let during = parking_lot::Mutex::new(Some(open));
    let (finish, finished) = std::sync::mpsc::channel();

    // Told of its progress, the rebuild has read the site: what commits now is
    // not in what it read.
    rebuild(&db.pool(), Initiator::System, &|done, total| {
        if done == total
            && let Some(open) = during.lock().take()
        {
            let finish = finish.clone();
            let runtime = tokio::runtime::Handle::current();
            std::thread::spawn(move || finish.send(runtime.block_on(open.commit())));
        }
    })
    .await
    .unwrap();
    tokio::task::spawn_blocking(move || finished.recv().unwrap().unwrap()).await.unwrap();
    project(&db.pool()).await;

    assert_eq!(quarters(&db.pool(), site).await.len(), 9);
    let swapped = everything(&db.pool()).await;
    rebuild(&db.pool(), Initiator::System, &|_, _| {}).await.unwrap();
    assert!(everything(&db.pool()).await == swapped);
}

#[tokio::test]
async fn two_rebuilds_at_once_are_refused() {
    let db = TestDatabase::from_template().await;
    let mut lock = db.pool().begin().await.unwrap();
    sqlx::query!("select pg_advisory_xact_lock($1)", super::super::rebuild::LOCK)
        .fetch_one(&mut *lock)
        .await
        .unwrap();

    let refused = rebuild(&db.pool(), Initiator::System, &|_, _| {}).await;

    assert!(matches!(refused, Err(RebuildError::UnderWay)));
}
