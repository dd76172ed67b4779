use greengrid_domain::fleet::DeviceId;
use greengrid_domain::ingestion::{Reason, Reasons};
use greengrid_domain::units::Energy;

use super::{after, append, inconsistent, of_device, project, quarters, set_cadence};
use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{reading, sites};
use crate::postgres::testing::TestDatabase;

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
async fn a_part_without_a_value_is_not_zero_but_leaves_its_share_of_the_time_open() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let mut empty = of_device(2, reading(site, after(0), 0));
    empty.measurement.power = None;
    empty.reasons = Reasons::from_iter([Reason::MissingValues]);
    let mut sensor = empty.clone();
    sensor.key.device = DeviceId::from(3);
    sensor.key.measured_at = after(5);
    sensor.measurement.irradiance_wm2 = Some(800.0);
    let rows = vec![
        of_device(1, reading(site, after(0), 1_200)),
        empty,
        of_device(1, reading(site, after(5), 1_200)),
        of_device(2, reading(site, after(5), 1_200)),
        // Of a sensor nobody expects power.
        sensor,
        of_device(1, reading(site, after(10), 1_200)),
        of_device(2, inconsistent(reading(site, after(10), 99_000))),
    ];
    append(&store, rows).await;

    project(&db.pool()).await;

    assert_eq!(quarters(&db.pool(), site).await, [(400, 2_400, 600, 0, [4, 2, 1])]);
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
