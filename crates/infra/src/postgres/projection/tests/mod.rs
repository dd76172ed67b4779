use greengrid_app::ingestion::{AppendRow, EventStore, Source};
use greengrid_domain::fleet::{DeviceId, SiteId};
use greengrid_domain::ingestion::{Reason, Reasons};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::PgPool;

use crate::postgres::ingestion::PgEventStore;
use crate::postgres::ingestion::tests::{noon, reading};
use crate::runners::projector::Projector;

mod agreement;
mod days;
mod evidence;
mod quarters;
mod rebuild;
mod rounds;

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
/// Readings of 1,200 W every five minutes, 100 Wh each.
fn steady(site: SiteId, from: &str, hours: i64) -> Vec<AppendRow> {
    (0..hours * 12)
        .map(|i| reading(site, at(from) + SignedDuration::from_mins(i * 5), 1_200))
        .collect()
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
