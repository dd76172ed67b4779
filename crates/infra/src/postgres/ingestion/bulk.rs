use greengrid_app::error::StoreError;
use greengrid_app::ingestion::{AppendRow, Source};
use jiff::Timestamp;
use sqlx::PgPool;

use super::PgEventStore;
use super::copy::CopyBuffer;
use super::plan::Insert;
use super::record::{BatchRecord, reserve};
use super::stored::Stored;
use crate::postgres::failure::failed;

/// Rows in a transaction: enough to make its cost vanish, few enough to keep
/// the memory small.
const CHUNK_ROWS: usize = 100_000;

impl PgEventStore {
    /// Appends a long history of readings that are known to be new, as fast as
    /// Postgres takes them; fastest in the order of site and time. Gives the
    /// number of rows.
    ///
    /// Every chunk is a transaction of its own. Fails at the first chunk with a
    /// key that is in the log already; what came before stays.
    pub async fn bulk_append(
        &self,
        source: Source,
        received_at: Timestamp,
        rows: impl IntoIterator<Item = AppendRow>,
    ) -> Result<u64, StoreError> {
        let mut rows = rows.into_iter();
        let mut total = 0;
        loop {
            let chunk = rows
                .by_ref()
                .take(CHUNK_ROWS)
                .map(Stored::try_from)
                .collect::<Result<Vec<_>, _>>()
                .map_err(StoreError::new)?;
            if chunk.is_empty() {
                self.log.tell(total > 0, false).await;
                return Ok(total);
            }
            let instants = chunk.iter().map(|row| row.key.measured_at());
            self.log.partitions.ensure(&self.log.pool, instants).await.map_err(failed)?;
            write(&self.log.pool, source, received_at, &chunk).await.map_err(failed)?;
            self.log.watermarks.lock().forget(chunk.iter().map(|row| row.key.site));
            total += chunk.len() as u64;
        }
    }
}

async fn write(
    pool: &PgPool,
    source: Source,
    received_at: Timestamp,
    rows: &[Stored],
) -> Result<(), sqlx::Error> {
    let mut touched: Vec<(i32, i32)> =
        rows.iter().map(|row| (row.key.site, row.key.quarter())).collect();
    touched.dedup();
    let record = BatchRecord {
        source,
        received_at,
        accepted: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        duplicates: 0,
        corrections: 0,
        quarantined: 0,
        touched,
        repeats: Vec::new(),
    };
    let mut tx = pool.begin().await?;
    let ids = reserve(&mut tx, 1).await?;
    let id = ids.first().copied().unwrap_or_default();
    let mut copy = CopyBuffer::with_capacity(rows.len());
    for row in rows {
        copy.push(&Insert { job: 0, row, revision: 0 }, id);
    }
    copy.write(&mut tx).await?;
    record.write(&mut tx, id).await?;
    tx.commit().await
}
