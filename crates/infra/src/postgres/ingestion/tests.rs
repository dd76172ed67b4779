use greengrid_app::fleet::{NewSite, SiteStore};
use greengrid_app::ingestion::{
    AppendRow, EventStore, QuarantineEntry, QuarantineStore, RejectCode, Source, Verdict,
};
use greengrid_domain::fleet::{Array, Brand, DeviceId, Location, SiteDetails, SiteId};
use greengrid_domain::ingestion::{Measurement, ReadingKey, Reason, Reasons};
use greengrid_domain::observability::Initiator;
use greengrid_domain::units::{Energy, MeterRegister, PeakPower, Power};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgPool;
use uuid::Uuid;

use super::{PgEventStore, PgQuarantineStore};
use crate::postgres::fleet::PgSiteStore;
use crate::postgres::testing::TestDatabase;

/// Creates sites with these codes in a zone.
pub(crate) async fn sites(pool: &PgPool, codes: &[&str], zone: &str) -> Vec<SiteId> {
    let new: Vec<NewSite> = codes
        .iter()
        .map(|code| NewSite {
            code: code.parse().unwrap(),
            details: SiteDetails::builder()
                .name(code.parse().unwrap())
                .location(Location::new(50.0, 10.0).unwrap())
                .zone(zone.parse().unwrap())
                .array(Array {
                    capacity: PeakPower::from_kwp(10.0).unwrap(),
                    tilt_deg: None,
                    azimuth_deg: None,
                    ac_limit: None,
                    export_limit: None,
                })
                .region("middle".parse().unwrap())
                .brand(Brand::Other)
                .build(),
            devices: Vec::new(),
        })
        .collect();
    PgSiteStore::new(pool.clone()).save(Initiator::System, &new).await.unwrap()
}

pub(crate) fn reading(site: SiteId, at: Timestamp, power_w: i64) -> AppendRow {
    AppendRow {
        key: ReadingKey { site, measured_at: at, device: DeviceId::WHOLE_SITE },
        measurement: Measurement {
            power: Some(Power::from_watts(power_w)),
            ..Measurement::default()
        },
        reasons: Reasons::NONE,
    }
}

pub(crate) fn noon() -> Timestamp {
    "2026-06-12T10:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

async fn append(store: &PgEventStore, rows: &[AppendRow]) -> Vec<Verdict> {
    store.append(Source::Api, noon(), rows.to_vec(), Vec::new()).await.unwrap().verdicts
}

async fn events(pool: &PgPool) -> Vec<(i16, Option<i32>)> {
    sqlx::query!(
        "select revision, power_w from reading_event
         order by site_id, measured_at, device_id, revision"
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|row| (row.revision, row.power_w))
    .collect()
}

#[tokio::test]
async fn a_reading_sent_again_changes_nothing_and_another_value_is_a_correction() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let first = [reading(site, after(0), 100), reading(site, after(5), 200)];

    assert_eq!(append(&store, &first).await, [Verdict::Accepted; 2]);
    assert_eq!(append(&store, &first).await, [Verdict::Duplicate; 2]);
    assert_eq!(append(&store, &[reading(site, after(0), 101)]).await, [Verdict::Correction]);
    assert_eq!(append(&store, &[reading(site, after(0), 101)]).await, [Verdict::Duplicate]);
    assert_eq!(append(&store, &[reading(site, after(0), 100)]).await, [Verdict::Correction]);

    let expected = [(0, Some(100)), (1, Some(101)), (2, Some(100)), (0, Some(200))];
    assert_eq!(events(&db.pool()).await, expected);
}

#[tokio::test]
async fn every_value_comes_back_as_it_went_in() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let full = AppendRow {
        key: ReadingKey { site, measured_at: after(0), device: DeviceId::WHOLE_SITE },
        measurement: Measurement {
            power: Some(Power::from_watts(-7)),
            energy: Some(Energy::from_wh(41)),
            energy_total: Some(MeterRegister::from_wh(9_876_543_210)),
            irradiance_wm2: Some(812.3),
            temperature_c: Some(-3.7),
            voltage_v: Some(230.1),
            status_code: Some("MPPT été".to_owned()),
        },
        reasons: [Reason::StuckValue, Reason::AboveLimit].into_iter().collect(),
    };
    append(&store, std::slice::from_ref(&full)).await;

    let row = sqlx::query!(
        r#"select measured_at as "measured_at: jiff_sqlx::Timestamp", quality::text as "quality!",
                  reasons, power_w, energy_wh, energy_total_wh, irradiance_wm2, temperature_c,
                  voltage_v, status_code
           from reading_event"#
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    assert_eq!(row.measured_at.to_jiff(), after(0));
    assert_eq!((row.quality.as_str(), row.reasons), ("inconsistent", full.reasons.bits()));
    assert_eq!((row.power_w, row.energy_wh), (Some(-7), Some(41)));
    assert_eq!(row.energy_total_wh, Some(9_876_543_210));
    assert_eq!(
        (row.irradiance_wm2, row.temperature_c, row.voltage_v),
        (Some(812.3), Some(-3.7), Some(230.1))
    );
    assert_eq!(row.status_code.as_deref(), Some("MPPT été"));
    // Read back for comparison, it is the same reading.
    let restarted = PgEventStore::start(db.pool());
    assert_eq!(append(&restarted, &[full]).await, [Verdict::Duplicate]);
}

#[tokio::test]
async fn a_batch_says_what_became_of_it_and_which_quarter_hours_it_touched() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, &[reading(site, after(0), 100)]).await;

    let rows = [
        reading(site, after(0), 100),
        reading(site, after(0), 110),
        reading(site, after(16), 5),
        reading(site, after(20), 6),
    ];
    append(&store, &rows).await;

    let batch = sqlx::query!(
        "select accepted, duplicates, corrections, quarantined, site_ids, intervals
         from event_batch order by id desc limit 1"
    )
    .fetch_one(&db.pool())
    .await
    .unwrap();
    let counts = [batch.accepted, batch.duplicates, batch.corrections, batch.quarantined];
    assert_eq!(counts, [2, 1, 1, 0]);
    let quarter = i32::try_from(noon().as_second() / 900).unwrap();
    assert_eq!(batch.intervals, [quarter, quarter + 1]);
    assert_eq!(batch.site_ids, [i32::from(site); 2]);
}

/// Offset in quarter hours from noon, and repeats, batch by batch.
async fn repeats(pool: &PgPool) -> Vec<(i64, i32)> {
    sqlx::query!(
        r#"select starts_at as "starts_at: jiff_sqlx::Timestamp", repeats from reading_repeat
           order by batch_id, starts_at"#
    )
    .fetch_all(pool)
    .await
    .unwrap()
    .into_iter()
    .map(|row| (row.starts_at.to_jiff().duration_since(noon()).as_secs() / 900, row.repeats))
    .collect()
}

#[tokio::test]
async fn repeats_are_kept_by_quarter_hour_and_touch_it_even_alone() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let rows =
        [reading(site, after(0), 100), reading(site, after(5), 100), reading(site, after(15), 100)];
    append(&store, &rows).await;
    assert_eq!(repeats(&db.pool()).await, []);

    append(&store, &rows).await;
    append(&store, &[rows[2].clone(), reading(site, after(30), 1), rows[2].clone()]).await;

    assert_eq!(repeats(&db.pool()).await, [(0, 2), (1, 1), (1, 2)]);
    let touched = sqlx::query_scalar!("select intervals from event_batch order by id");
    let touched = touched.fetch_all(&db.pool()).await.unwrap();
    let quarter = i32::try_from(noon().as_second() / 900).unwrap();
    let expected = [[quarter, quarter + 1], [quarter, quarter + 1], [quarter + 1, quarter + 2]];
    assert_eq!(touched, expected);
}

#[tokio::test]
async fn many_senders_at_once_lose_nothing_and_double_nothing() {
    let db = TestDatabase::from_template().await;
    let all = sites(&db.pool(), &["one", "two", "three"], "UTC").await;
    // Two stores are two instances: neither knows what the other wrote.
    let stores = [PgEventStore::start(db.pool()), PgEventStore::start(db.pool())];

    let senders = (0..12).map(|sender: usize| {
        let store = stores[sender % 2].clone();
        let site = all[sender % 3];
        tokio::spawn(async move {
            let mut counts = [0_usize; 3];
            for step in 0..20 {
                let rows: Vec<AppendRow> =
                    (0..10).map(|i| reading(site, after(step * 50 + i * 5), 100 + i)).collect();
                for verdict in append(&store, &rows).await {
                    counts[verdict as usize] += 1;
                }
            }
            counts
        })
    });
    let mut counts = [0; 3];
    for sender in senders.collect::<Vec<_>>() {
        for (sum, count) in counts.iter_mut().zip(sender.await.unwrap()) {
            *sum += count;
        }
    }

    // Four senders send the same 200 readings of each of three sites.
    assert_eq!(counts, [600, 1_800, 0]);
    assert_eq!(events(&db.pool()).await.len(), 600);
}

#[tokio::test]
async fn one_bad_submission_does_not_fail_those_beside_it() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    let mut bad = reading(site, after(0), 1);
    // Text that Postgres cannot hold; ingestion takes it out before.
    bad.measurement.status_code = Some("\0".to_owned());
    let good = vec![reading(site, after(5), 2)];

    let (bad, good) = tokio::join!(
        store.append(Source::Api, noon(), vec![bad], Vec::new()),
        store.append(Source::Api, noon(), good, Vec::new()),
    );

    assert!(bad.is_err());
    assert_eq!(good.unwrap().verdicts, [Verdict::Accepted]);
    assert_eq!(events(&db.pool()).await.len(), 1);
}

#[tokio::test]
async fn history_goes_in_by_bulk_and_is_known_afterwards() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, &[reading(site, after(-5), 1)]).await;
    let history: Vec<AppendRow> = (0..5_000).map(|i| reading(site, after(i * 5), i)).collect();

    let rows = store.bulk_append(Source::Demo, noon(), history.clone()).await.unwrap();

    assert_eq!(rows, 5_000);
    assert_eq!(append(&store, &history[10..12]).await, [Verdict::Duplicate; 2]);
    assert!(store.bulk_append(Source::Demo, noon(), history).await.is_err());
    assert_eq!(events(&db.pool()).await.len(), 5_001);
}

fn entry(id: u128) -> QuarantineEntry {
    QuarantineEntry {
        id: Uuid::from_u128(id),
        received_at: noon(),
        source: Source::Api,
        content_type: "text/csv".to_owned(),
        row: Some(3),
        payload: vec![0, 255, 10],
        field: Some("site_id".to_owned()),
        code: RejectCode::UnknownSite,
        message: "there is no such site".to_owned(),
        token: Some(Uuid::from_u128(9).into()),
        replayed: None,
    }
}

#[tokio::test]
async fn what_could_not_be_taken_waits_until_it_is_settled() {
    let db = TestDatabase::from_template().await;
    let store = PgEventStore::start(db.pool());
    let quarantine = PgQuarantineStore::new(db.pool());
    let whole = QuarantineEntry { row: None, field: None, token: None, ..entry(2) };
    let entries = vec![entry(1), whole.clone(), entry(3)];
    store.append(Source::Api, noon(), Vec::new(), entries).await.unwrap();

    assert_eq!(quarantine.count_open().await.unwrap(), 3);
    assert_eq!(quarantine.open(None, 2).await.unwrap(), [entry(3), whole]);
    let before = Some(Uuid::from_u128(2));
    assert_eq!(quarantine.open(before, 2).await.unwrap(), [entry(1)]);

    quarantine.settle(Initiator::System, entry(3).id, after(1), "1 accepted").await.unwrap();
    quarantine.settle(Initiator::System, entry(3).id, after(2), "again").await.unwrap();

    assert_eq!(quarantine.count_open().await.unwrap(), 2);
    let settled = quarantine.find(entry(3).id).await.unwrap().unwrap();
    assert_eq!(settled.replayed, Some((after(1), "1 accepted".to_owned())));
    let audited = sqlx::query_scalar!(
        r#"select count(*) as "count!" from audit_entry where subject = 'quarantine'"#
    );
    assert_eq!(audited.fetch_one(&db.pool()).await.unwrap(), 1);
}

/// A role as production would use: it owns the tables and is no superuser.
async fn as_ordinary_role(db: &TestDatabase, statement: &str) -> Result<(), sqlx::Error> {
    let mut tx = db.pool().begin().await?;
    let setup = "do $$ begin
            if not exists (select from pg_roles where rolname = 'test_ordinary') then
                create role test_ordinary;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$;
        grant all on all tables in schema public to test_ordinary;
        revoke update, delete, truncate on reading_event, event_batch, reading_repeat
            from test_ordinary;
        set local role test_ordinary";
    sqlx::raw_sql(setup).execute(&mut *tx).await?;
    let result = sqlx::raw_sql(statement).execute(&mut *tx).await;
    tx.rollback().await?;
    result.map(drop)
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_the_log() {
    let db = TestDatabase::from_template().await;
    let site = sites(&db.pool(), &["one"], "UTC").await[0];
    let store = PgEventStore::start(db.pool());
    append(&store, &[reading(site, after(0), 100)]).await;
    append(&store, &[reading(site, after(0), 100)]).await;

    for (table, column) in [
        ("reading_event", "power_w"),
        ("reading_event_2026_06", "power_w"),
        ("event_batch", "accepted"),
        ("reading_repeat", "repeats"),
    ] {
        for statement in [
            format!("update {table} set {column} = 0"),
            format!("delete from {table}"),
            format!("truncate {table}"),
        ] {
            // Even the superuser of the tests is stopped by the triggers, and
            // other roles before by their rights.
            let superuser = sqlx::raw_sql(&statement).execute(&db.pool()).await.map(drop);
            for refused in [superuser, as_ordinary_role(&db, &statement).await] {
                let error = refused.expect_err(&statement);
                let code = error
                    .as_database_error()
                    .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
                assert_eq!(code.as_deref(), Some("42501"), "{statement}");
            }
        }
    }
    assert_eq!(events(&db.pool()).await, [(0, Some(100))]);
}
