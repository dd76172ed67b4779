use greengrid_app::ingestion::{AppendRow, EventStore, Source};
use greengrid_domain::fleet::{DeviceId, SiteId};
use greengrid_domain::ingestion::{Reason, Reasons};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Energy, Power};
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use sqlx::PgPool;

use super::{RebuildError, rebuild};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, reading, sites};
use crate::postgres::testing::TestDatabase;
use crate::runners::projector::Projector;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

fn of_device(device: i32, mut row: AppendRow) -> AppendRow {
    row.key.device = DeviceId::from(device);
    row
}

fn inconsistent(mut row: AppendRow) -> AppendRow {
    row.reasons = Reasons::from_iter([Reason::AboveLimit]);
    row
}

async fn append(store: &PgEventStore, rows: Vec<AppendRow>) {
    store.append(Source::Api, noon(), rows, Vec::new()).await.unwrap();
}

async fn set_cadence(pool: &PgPool, site: SiteId, cadence_s: i32) {
    sqlx::query!("update site set cadence_s = $2 where id = $1", i32::from(site), cadence_s)
        .execute(pool)
        .await
        .unwrap();
}

/// Energy, peak, covered seconds, corrections, and readings of each quality.
type Quarter = (i32, i32, i16, i16, [i16; 3]);

async fn quarters(pool: &PgPool, site: SiteId) -> Vec<Quarter> {
    sqlx::query!(
        "select energy_wh, peak_power_w, covered_s, corrections, valid, incomplete, inconsistent
         from site_interval where site_id = $1 order by starts_at",
        i32::from(site),
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|q| {
        let counts = [q.valid, q.incomplete, q.inconsistent];
        (q.energy_wh, q.peak_power_w, q.covered_s, q.corrections, counts)
    })
    .collect()
}

/// Every row of every read model.
async fn everything(pool: &PgPool) -> Vec<Value> {
    sqlx::query_scalar!(
        r#"select row as "row!" from (
               select 'now' as kind, to_jsonb(n) as row from device_now n
               union all select 'interval', to_jsonb(i) from site_interval i
               union all select 'day', to_jsonb(d) from site_day d
           ) t order by kind, row"#
    )
    .fetch_all(pool)
    .await
    .unwrap()
}

async fn project(pool: &PgPool) -> usize {
    Projector::project_once(pool).await.unwrap()
}

#[tokio::test]
async fn energy_counts_as_sent_and_power_for_the_time_of_a_reading() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let mut sent = reading(site, after(0), 1_200);
    sent.measurement.energy = Some(Energy::from_wh(99));
    append(&store, vec![sent, reading(site, after(5), 1_200), reading(site, after(15), 2_400)])
        .await;

    project(&db.pool()).await;

    let expected = [(199, 1_200, 600, 0, [2, 0, 0]), (200, 2_400, 300, 0, [1, 0, 0])];
    assert_eq!(quarters(&db.pool(), site).await, expected);
}

#[tokio::test]
async fn what_is_inconsistent_is_counted_and_left_out() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let mut empty = reading(site, after(10), 0);
    empty.measurement.power = None;
    empty.reasons = Reasons::from_iter([Reason::MissingValues]);
    let rows =
        vec![inconsistent(reading(site, after(0), 90_000)), reading(site, after(5), 1_200), empty];
    append(&store, rows).await;

    project(&db.pool()).await;

    assert_eq!(quarters(&db.pool(), site).await, [(100, 1_200, 300, 0, [1, 1, 1])]);
}

#[tokio::test]
async fn the_latest_revision_is_in_force_also_when_it_is_worse() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, vec![reading(site, after(0), 1_200), reading(site, after(5), 1_200)]).await;
    project(&db.pool()).await;

    append(&store, vec![reading(site, after(0), 2_400)]).await;
    project(&db.pool()).await;
    assert_eq!(quarters(&db.pool(), site).await, [(300, 2_400, 600, 1, [2, 0, 0])]);

    append(&store, vec![inconsistent(reading(site, after(0), 99_000))]).await;
    project(&db.pool()).await;
    assert_eq!(quarters(&db.pool(), site).await, [(100, 1_200, 300, 2, [1, 0, 1])]);
}

#[tokio::test]
async fn devices_add_up_unless_the_site_speaks_for_itself() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let rows = vec![
        of_device(1, reading(site, after(0), 1_200)),
        of_device(2, reading(site, after(0), 2_400)),
        of_device(1, reading(site, after(5), 600)),
        // The next quarter hour.
        of_device(1, reading(site, after(15), 1_200)),
        reading(site, after(15), 3_600),
    ];
    append(&store, rows).await;

    project(&db.pool()).await;

    let expected = [(350, 3_600, 600, 0, [3, 0, 0]), (300, 3_600, 300, 0, [2, 0, 0])];
    assert_eq!(quarters(&db.pool(), site).await, expected);
    let now = sqlx::query!("select device_id, power_w from device_now order by device_id");
    let now: Vec<_> = now.fetch_all(&db.pool()).await.unwrap();
    let now: Vec<_> = now.iter().map(|device| (device.device_id, device.power_w)).collect();
    assert_eq!(now, [(0, Some(3_600)), (1, Some(1_200)), (2, Some(2_400))]);
}

#[tokio::test]
async fn an_hourly_reading_is_spread_over_its_hour() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    set_cadence(&db.pool(), site, 3_600).await;
    let store = PgEventStore::start(db.pool());
    append(&store, vec![reading(site, after(0), 4_000)]).await;
    project(&db.pool()).await;
    append(&store, vec![reading(site, after(60), 400)]).await;

    project(&db.pool()).await;

    let quarters = quarters(&db.pool(), site).await;
    assert_eq!(quarters[0], (1_000, 4_000, 900, 0, [1, 0, 0]));
    assert_eq!(quarters[1..4], [(1_000, 4_000, 900, 0, [0, 0, 0]); 3]);
    assert_eq!(quarters[4], (100, 400, 900, 0, [1, 0, 0]));
    assert_eq!(quarters.len(), 8);
}

#[tokio::test]
async fn a_late_reading_does_not_become_the_newest() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, vec![reading(site, after(60), 500)]).await;
    project(&db.pool()).await;
    append(&store, vec![reading(site, after(0), 100)]).await;

    project(&db.pool()).await;

    let newest = sqlx::query_scalar!("select power_w from device_now");
    assert_eq!(newest.fetch_one(&db.pool()).await.unwrap(), Some(500));
}

async fn days(pool: &PgPool, site: SiteId) -> Vec<(String, i64)> {
    sqlx::query!(
        r#"select day::text as "day!", energy_wh from site_day where site_id = $1 order by day"#,
        i32::from(site),
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|day| (day.day, day.energy_wh))
    .collect()
}

/// Readings of 1,200 W every five minutes, 100 Wh each.
fn steady(site: SiteId, from: &str, hours: i64) -> Vec<AppendRow> {
    (0..hours * 12)
        .map(|i| reading(site, at(from) + SignedDuration::from_mins(i * 5), 1_200))
        .collect()
}

#[tokio::test]
async fn days_are_as_long_as_the_clocks_at_the_site_make_them() {
    let db = TestDatabase::from_template().await;
    let berlin = sites(&db.pool(), &["berlin"], "Europe/Berlin").await[0];
    let angeles = sites(&db.pool(), &["angeles"], "America/Los_Angeles").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(berlin, "2026-03-28T23:00:00Z", 48)).await;
    append(&store, steady(angeles, "2016-11-06T07:00:00Z", 48)).await;

    project(&db.pool()).await;

    let day = |day: &str, hours: i64| (day.to_owned(), hours * 1_200);
    let spring = [day("2026-03-29", 23), day("2026-03-30", 24), day("2026-03-31", 1)];
    assert_eq!(days(&db.pool(), berlin).await, spring);
    let autumn = [day("2016-11-06", 25), day("2016-11-07", 23)];
    assert_eq!(days(&db.pool(), angeles).await, autumn);
}

#[tokio::test]
async fn a_site_that_moves_to_another_zone_has_its_days_anew() {
    use greengrid_app::fleet::SiteStore;

    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(site, "2026-06-12T00:00:00Z", 24)).await;
    project(&db.pool()).await;

    sites(&db.pool(), &["one"], "Asia/Tokyo").await;
    project(&db.pool()).await;

    let expected = [("2026-06-12".to_owned(), 15 * 1_200), ("2026-06-13".to_owned(), 9 * 1_200)];
    assert_eq!(days(&db.pool(), site).await, expected);
    let stored = crate::postgres::fleet::PgSiteStore::new(db.pool()).sites().await.unwrap();
    assert_eq!(stored[0].details.zone.name(), "Asia/Tokyo");
}

/// A batch as the log writes it, in a transaction that is left open.
async fn begin_batch(
    pool: &PgPool,
    site: SiteId,
    at: Timestamp,
) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut tx = pool.begin().await.unwrap();
    sqlx::raw_sql(&format!(
        "insert into reading_event (site_id, measured_at, device_id, revision, quality, power_w,
                                    batch_id, reasons)
         values ({site}, '{at}', 0, 0, 'valid', 1200, 0, 0);
         insert into event_batch (received_at, source, accepted, duplicates, corrections,
                                  quarantined, site_ids, intervals)
         values (now(), 'api', 1, 0, 0, 0, array[{site}], array[{}])",
        at.as_second() / 900,
    ))
    .execute(&mut *tx)
    .await
    .unwrap();
    tx
}

#[tokio::test]
async fn a_transaction_that_commits_late_is_not_skipped() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    sqlx::query!(r#"select ensure_reading_partition('2026-06-12') as "done: ()""#)
        .fetch_one(&db.pool())
        .await
        .unwrap();

    let slow = begin_batch(&db.pool(), site, after(0)).await;
    begin_batch(&db.pool(), site, after(15)).await.commit().await.unwrap();
    // The slow transaction is older: what came after it has to wait.
    assert_eq!(super::project(&db.pool()).await.unwrap().batches, 0);
    slow.commit().await.unwrap();

    assert_eq!(project(&db.pool()).await, 2);
    assert_eq!(quarters(&db.pool(), site).await.len(), 2);
}

#[tokio::test]
async fn projecting_twice_or_after_a_crash_ends_the_same() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, steady(site, "2026-06-12T08:00:00Z", 3)).await;

    // A program that dies before its commit leaves no trace.
    loop {
        let mut tx = db.pool().begin().await.unwrap();
        let projected = super::round::advance(&mut tx, super::round::LIVE).await.unwrap();
        tx.rollback().await.unwrap();
        if projected.batches == 1 {
            break;
        }
    }
    assert!(everything(&db.pool()).await.is_empty());
    assert_eq!(project(&db.pool()).await, 1);
    let once = everything(&db.pool()).await;
    sqlx::query!("update projection_checkpoint set xid = '0', batch_id = 0")
        .execute(&db.pool())
        .await
        .unwrap();

    assert_eq!(project(&db.pool()).await, 1);

    assert!(everything(&db.pool()).await == once);
    assert_eq!(project(&db.pool()).await, 0);
    let due = sqlx::query_scalar!("select region from assessment_due");
    assert_eq!(due.fetch_all(&db.pool()).await.unwrap(), ["middle"]);
}

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
                match random.random_range(0..20) {
                    0 => continue,
                    1 => row = inconsistent(row),
                    2 => rows.push(row.clone()),
                    3 => {
                        let mut other = row.clone();
                        other.measurement.power = Some(Power::from_watts(1));
                        rows.push(other);
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
    sqlx::query!("select pg_advisory_xact_lock($1)", super::rebuild::LOCK)
        .fetch_one(&mut *lock)
        .await
        .unwrap();

    let refused = rebuild(&db.pool(), Initiator::System, &|_, _| {}).await;

    assert!(matches!(refused, Err(RebuildError::UnderWay)));
}
