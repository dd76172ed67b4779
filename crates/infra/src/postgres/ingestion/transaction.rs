use std::collections::{HashMap, HashSet};

use greengrid_app::ingestion::{QuarantineEntry, Source, Verdict};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};

use super::copy::CopyBuffer;
use super::plan::{InForce, Insert, Plan, Waiting, plan};
use super::quarantine;
use super::stored::{Key, Stored, Values};

/// A submission on its way into the log.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) source: Source,
    pub(super) received_at: Timestamp,
    pub(super) rows: Vec<Stored>,
    pub(super) quarantined: Vec<QuarantineEntry>,
}

/// What a group of submissions came to, once committed.
#[derive(Debug)]
pub(super) struct Committed {
    /// For each submission, for each of its rows.
    pub(super) verdicts: Vec<Vec<Verdict>>,
    /// Whether anything was appended.
    pub(super) appended: bool,
    /// Whether anything went into quarantine.
    pub(super) quarantined: bool,
}

/// Appends a group of submissions in one transaction. `rows` are those of all
/// submissions in the order of their keys; those for which `beyond` holds have
/// keys that cannot be in the log.
///
/// Fails with a unique violation when another instance wrote one of the keys
/// in the meantime.
pub(super) async fn append(
    pool: &PgPool,
    batches: &[&Batch],
    rows: &[Waiting<'_>],
    beyond: impl Fn(&Key) -> bool + Send,
) -> Result<Committed, sqlx::Error> {
    let rows_of: Vec<usize> = batches.iter().map(|batch| batch.rows.len()).collect();
    let mut looked_up: Vec<Key> =
        rows.iter().map(|waiting| waiting.row.key).filter(|key| !beyond(key)).collect();
    looked_up.dedup();

    let mut tx = pool.begin().await?;
    let known = in_force(&mut tx, &looked_up).await?;
    let plan = plan(rows, &rows_of, &known);
    let records = records(batches, &plan);
    let ids = reserve(&mut tx, records.len()).await?;
    let id_of: HashMap<Source, i64> =
        records.iter().zip(&ids).map(|(record, id)| (record.source, *id)).collect();
    if !plan.inserts.is_empty() {
        let mut copy = CopyBuffer::with_capacity(plan.inserts.len());
        for insert in &plan.inserts {
            copy.push(insert, id_of[&batches[insert.job].source]);
        }
        copy.write(&mut tx).await?;
    }
    for (record, id) in records.iter().zip(ids) {
        record.write(&mut tx, id).await?;
    }
    let quarantined = batches.iter().flat_map(|batch| &batch.quarantined);
    quarantine::insert(&mut tx, quarantined).await?;
    tx.commit().await?;
    Ok(Committed {
        appended: !plan.inserts.is_empty(),
        quarantined: batches.iter().any(|batch| !batch.quarantined.is_empty()),
        verdicts: plan.verdicts,
    })
}

/// The readings in force under these keys.
async fn in_force(
    tx: &mut PgConnection,
    keys: &[Key],
) -> Result<HashMap<Key, InForce>, sqlx::Error> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let sites: Vec<i32> = keys.iter().map(|key| key.site).collect();
    let instants: Vec<jiff_sqlx::Timestamp> =
        keys.iter().map(|key| key.measured_at().to_sqlx()).collect();
    let devices: Vec<i32> = keys.iter().map(|key| key.device).collect();
    let rows = sqlx::query_file!(
        "src/postgres/ingestion/in_force.sql",
        &sites,
        &instants as &[jiff_sqlx::Timestamp],
        &devices,
    )
    .fetch_all(tx)
    .await?;
    let in_force = rows.into_iter().filter_map(|row| {
        let position = usize::try_from(row.position - 1).ok()?;
        let values = Values {
            power_w: row.power_w,
            energy_wh: row.energy_wh,
            energy_total_wh: row.energy_total_wh,
            irradiance_wm2: row.irradiance_wm2,
            temperature_c: row.temperature_c,
            voltage_v: row.voltage_v,
            status_code: row.status_code,
        };
        Some((*keys.get(position)?, InForce { revision: row.revision, values }))
    });
    Ok(in_force.collect())
}

/// What `event_batch` says of the part of a group that came from one source.
#[derive(Debug)]
pub(super) struct BatchRecord {
    pub(super) source: Source,
    pub(super) received_at: Timestamp,
    pub(super) accepted: i32,
    pub(super) duplicates: i32,
    pub(super) corrections: i32,
    pub(super) quarantined: i32,
    /// Sites and quarter hours of what was written, each once.
    pub(super) touched: Vec<(i32, i32)>,
}

impl BatchRecord {
    pub(super) async fn write(&self, tx: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
        let (sites, quarters): (Vec<i32>, Vec<i32>) = self.touched.iter().copied().unzip();
        sqlx::query!(
            "insert into event_batch (id, received_at, source, accepted, duplicates, corrections,
                                      quarantined, site_ids, intervals)
             overriding system value values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id,
            self.received_at.to_sqlx() as jiff_sqlx::Timestamp,
            <&str>::from(self.source),
            self.accepted,
            self.duplicates,
            self.corrections,
            self.quarantined,
            &sites,
            &quarters,
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// Keys for that many records.
pub(super) async fn reserve(tx: &mut PgConnection, many: usize) -> Result<Vec<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select nextval('event_batch_id_seq') as "id!" from generate_series(1, $1)"#,
        i32::try_from(many).unwrap_or(i32::MAX),
    )
    .fetch_all(tx)
    .await
}

fn records(batches: &[&Batch], plan: &Plan<'_>) -> Vec<BatchRecord> {
    let sources: HashSet<Source> = batches.iter().map(|batch| batch.source).collect();
    sources.into_iter().map(|source| record(source, batches, plan)).collect()
}

fn record(source: Source, batches: &[&Batch], plan: &Plan<'_>) -> BatchRecord {
    let of_source = || batches.iter().zip(&plan.verdicts).filter(|(b, _)| b.source == source);
    let count = |verdict| {
        let hits = of_source().flat_map(|(_, all)| all).filter(|one| **one == verdict).count();
        i32::try_from(hits).unwrap_or(i32::MAX)
    };
    let mut touched: Vec<(i32, i32)> = plan
        .inserts
        .iter()
        .filter(|insert| batches[insert.job].source == source)
        .map(touched)
        .collect();
    // The inserts of a site are in the order of time: equal ones are neighbours.
    touched.dedup();
    let quarantined: usize = of_source().map(|(batch, _)| batch.quarantined.len()).sum();
    BatchRecord {
        source,
        received_at: of_source().map(|(batch, _)| batch.received_at).min().unwrap_or_default(),
        accepted: count(Verdict::Accepted),
        duplicates: count(Verdict::Duplicate),
        corrections: count(Verdict::Correction),
        quarantined: i32::try_from(quarantined).unwrap_or(i32::MAX),
        touched,
    }
}

fn touched(insert: &Insert<'_>) -> (i32, i32) {
    (insert.row.key.site, insert.row.key.quarter())
}
