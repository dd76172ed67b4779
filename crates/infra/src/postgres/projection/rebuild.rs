use std::sync::atomic::{AtomicU64, Ordering};

use futures::{StreamExt, TryStreamExt, stream};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use sqlx::{Connection, PgConnection, PgPool};

use super::round::{self, advance, hold};
use super::scope::{self, Counting, Scope};
use super::write;
use crate::postgres::audit::{self, Change};

/// The checkpoint of the tables that are being built.
const CHECKPOINT: &str = "rebuild";
/// Finds the tables being built before those in use.
const SEARCH_PATH: &str = "rebuild, public";
/// Sites built at the same time.
const WORKERS: usize = 2;
/// How often the swap is tried; each waits a few seconds for readers to finish.
const SWAPS: usize = 5;
/// Advisory lock that keeps a second rebuild out: "GRRB".
pub(super) const LOCK: i64 = 0x4752_5242;

/// Why the read models could not be built anew. Those in use are untouched.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// Another rebuild is under way.
    #[error("the read models are being rebuilt already")]
    UnderWay,
    /// Postgres failed.
    #[error("the read models could not be rebuilt")]
    Database(#[from] sqlx::Error),
}

/// A site with readings.
struct Reporting {
    site: i32,
    first: Timestamp,
    last: Timestamp,
    counting: Counting,
}

/// Builds all read models anew from the events, beside those in use, and swaps
/// them in one short transaction. Readings may come in and be projected all the
/// while. `progress` is told how many sites of how many are done.
pub async fn rebuild(
    pool: &PgPool,
    by: Initiator,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(), RebuildError> {
    // On a connection that is not given back: the lock ends with it, however
    // this ends.
    let mut lock = pool.acquire().await?.detach();
    let free = sqlx::query_scalar!(r#"select pg_try_advisory_lock($1) as "free!""#, LOCK)
        .fetch_one(&mut lock)
        .await?;
    if !free {
        return Err(RebuildError::UnderWay);
    }

    let reporting = begin(pool).await?;
    let total = reporting.len() as u64;
    let done = AtomicU64::new(0);
    progress(0, total);
    stream::iter(reporting)
        .map(|site| build(pool, site))
        .buffer_unordered(WORKERS)
        .try_for_each(|()| {
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            std::future::ready(Ok(()))
        })
        .await?;
    catch_up(pool).await?;
    swap(pool, by).await?;
    lock.close().await?;
    Ok(())
}

/// Creates the empty tables, notes from where on events have to be followed,
/// and finds the sites with readings.
async fn begin(pool: &PgPool) -> Result<Vec<Reporting>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    // Several statements that define tables: nothing the checked macros know.
    sqlx::raw_sql(include_str!("rebuild_tables.sql")).execute(&mut *tx).await?;
    tx.commit().await?;

    // Everything committed before this moment is seen by what follows; the rest
    // is followed from the batches of transactions that had not ended.
    sqlx::query!(
        "insert into projection_checkpoint (name, xid, batch_id)
         values ($1, pg_snapshot_xmin(pg_current_snapshot()), 0)
         on conflict (name) do update set xid = excluded.xid, batch_id = excluded.batch_id",
        CHECKPOINT,
    )
    .execute(pool)
    .await?;
    let mut tx = pool.begin().await?;
    write::prepare(&mut tx, SEARCH_PATH).await?;
    let spans =
        sqlx::query_file!("src/postgres/projection/reporting.sql").fetch_all(&mut *tx).await?;
    let sites: Vec<i32> = spans.iter().map(|span| span.site_id).collect();
    let mut counting = scope::counting(&mut tx, &sites).await?;
    tx.commit().await?;
    let reporting = spans.into_iter().filter_map(|span| {
        Some(Reporting {
            site: span.site_id,
            first: span.first.to_jiff(),
            last: span.last.to_jiff(),
            counting: counting.remove(&span.site_id)?,
        })
    });
    Ok(reporting.collect())
}

async fn build(pool: &PgPool, of: Reporting) -> Result<(), sqlx::Error> {
    let scope = Scope::span(of.site, &of.counting, of.first, of.last);
    let mut tx = pool.begin().await?;
    write::prepare(&mut tx, SEARCH_PATH).await?;
    write::write(&mut tx, &scope).await?;
    tx.commit().await
}

/// Follows the events that came in meanwhile.
async fn catch_up(pool: &PgPool) -> Result<(), sqlx::Error> {
    loop {
        let mut tx = pool.begin().await?;
        write::prepare(&mut tx, SEARCH_PATH).await?;
        let projected = advance(&mut tx, CHECKPOINT).await?;
        tx.commit().await?;
        if projected.batches == 0 {
            return Ok(());
        }
    }
}

async fn swap(pool: &PgPool, by: Initiator) -> Result<(), sqlx::Error> {
    let mut attempt = 1;
    loop {
        let mut tx = pool.begin().await?;
        match try_swap(&mut tx, by).await {
            Ok(()) => return tx.commit().await,
            // Somebody read one of the tables for too long.
            Err(error) if attempt < SWAPS && is_lock_timeout(&error) => attempt += 1,
            Err(error) => return Err(error),
        }
        tx.rollback().await?;
        catch_up(pool).await?;
    }
}

/// Keeps the projector out, takes in the last events, and puts the new tables
/// in the place of the old.
async fn try_swap(tx: &mut PgConnection, by: Initiator) -> Result<(), sqlx::Error> {
    hold(tx, round::LIVE).await?;
    write::prepare(tx, SEARCH_PATH).await?;
    while advance(tx, CHECKPOINT).await?.batches > 0 {}
    sqlx::query!(
        "update projection_checkpoint live set xid = built.xid, batch_id = built.batch_id
         from projection_checkpoint built where live.name = $1 and built.name = $2",
        round::LIVE,
        CHECKPOINT,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("delete from projection_checkpoint where name = $1", CHECKPOINT)
        .execute(&mut *tx)
        .await?;
    let change = Change {
        subject: AuditSubject::Projection,
        subject_id: round::LIVE.to_owned(),
        action: "rebuild",
        before: None,
        after: None,
    };
    audit::record(tx, by, &[change]).await?;
    // Several statements that define tables: nothing the checked macros know.
    sqlx::raw_sql(include_str!("swap_tables.sql")).execute(tx).await?;
    Ok(())
}

fn is_lock_timeout(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    matches!(code.as_deref(), Some("55P03" | "40P01"))
}
