use std::collections::HashMap;

use greengrid_app::ingestion::{QuarantineEntry, Source, Verdict};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};

use super::copy::CopyBuffer;
use super::plan::{InForce, Waiting, plan};
use super::quarantine;
use super::record::{BatchRecord, reserve};
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
    /// Whether there is anything to project: readings appended or repeated.
    pub(super) touched: bool,
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
    let records = BatchRecord::all(batches, &plan);
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
        touched: !plan.inserts.is_empty() || !plan.repeats.is_empty(),
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
