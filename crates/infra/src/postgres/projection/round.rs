use sqlx::{PgConnection, PgPool};

use greengrid_domain::fleet::SiteId;
use greengrid_domain::time::Interval;
use jiff::Timestamp;

use super::scope::{self, Scope};
use super::write;

/// The checkpoint of the read models in use.
pub(super) const LIVE: &str = "readings";

/// Batches and quarter hours that one transaction takes at most. More would not
/// be faster, and the first of them would be seen later.
const MOST_BATCHES: i64 = 2_000;
const MOST_TOUCHED: i64 = 60_000;

/// What a transaction of the projection did.
#[derive(Debug, Default)]
pub(crate) struct Projected {
    /// Batches of events it took in.
    pub(crate) batches: usize,
    /// Quarter hours it recomputed.
    pub(crate) touched: Vec<(SiteId, Interval)>,
}

/// Projects what was committed since the last time, up to a limit, in one
/// transaction. Nothing is left to do when it took in no batch.
pub(crate) async fn project(pool: &PgPool) -> Result<Projected, sqlx::Error> {
    let mut tx = pool.begin().await?;
    write::prepare(&mut tx, "public").await?;
    let projected = advance(&mut tx, LIVE).await?;
    tx.commit().await?;
    Ok(projected)
}

/// Takes in the next batches after a checkpoint and moves it. The checkpoint is
/// held until the transaction ends, so that two projectors never work at once.
pub(super) async fn advance(
    tx: &mut PgConnection,
    checkpoint: &str,
) -> Result<Projected, sqlx::Error> {
    hold(tx, checkpoint).await?;
    let batches = sqlx::query_file!(
        "src/postgres/projection/next_batches.sql",
        checkpoint,
        MOST_BATCHES,
        MOST_TOUCHED,
    )
    .fetch_all(&mut *tx)
    .await?;
    let Some(last) = batches.last() else { return Ok(Projected::default()) };

    let mut touched: Vec<(i32, i32)> = batches
        .iter()
        .flat_map(|batch| batch.site_ids.iter().copied().zip(batch.intervals.iter().copied()))
        .collect();
    touched.sort_unstable();
    touched.dedup();
    let mut sites: Vec<i32> = touched.iter().map(|(site, _)| *site).collect();
    sites.dedup();
    let counting = scope::counting(tx, &sites).await?;
    let scope = Scope::of(&touched, &counting);
    write::write(tx, &scope).await?;
    sqlx::query!(
        "update projection_checkpoint set xid = $2::text::xid8, batch_id = $3 where name = $1",
        checkpoint,
        last.xid,
        last.id,
    )
    .execute(&mut *tx)
    .await?;
    let touched = scope.intervals().map(|(site, interval)| (site.into(), interval)).collect();
    Ok(Projected { batches: batches.len(), touched })
}

/// Locks a checkpoint until the transaction ends; one that does not exist yet
/// stands before everything.
pub(super) async fn hold(tx: &mut PgConnection, checkpoint: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into projection_checkpoint (name, xid, batch_id) values ($1, '0', 0)
         on conflict (name) do update set name = excluded.name",
        checkpoint,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A place in the order of batches.
#[derive(Debug, Clone)]
pub(crate) struct Position {
    xid: String,
    batch: i64,
}

/// The last batch committed by now.
pub(crate) async fn newest(pool: &PgPool) -> Result<Option<Position>, sqlx::Error> {
    let newest = sqlx::query!(
        r#"select xid::text as "xid!", id from event_batch order by xid desc, id desc limit 1"#
    )
    .fetch_optional(pool)
    .await?;
    Ok(newest.map(|row| Position { xid: row.xid, batch: row.id }))
}

/// Whether everything up to this place is projected.
pub(crate) async fn has_reached(
    pool: &PgPool,
    position: Option<&Position>,
) -> Result<bool, sqlx::Error> {
    let Some(position) = position else { return Ok(true) };
    sqlx::query_scalar!(
        r#"select exists(
               select from projection_checkpoint
               where name = $1 and (xid, batch_id) >= ($2::text::xid8, $3)
           ) as "reached!""#,
        LIVE,
        position.xid,
        position.batch,
    )
    .fetch_one(pool)
    .await
}

/// When the oldest batch was received that waits for the projector; `None`
/// while none does.
pub(crate) async fn oldest_waiting(pool: &PgPool) -> Result<Option<Timestamp>, sqlx::Error> {
    let oldest = sqlx::query_scalar!(
        r#"select b.received_at as "at: jiff_sqlx::Timestamp" from event_batch b
           where (b.xid, b.id) > (
               coalesce((select xid from projection_checkpoint where name = $1), '0'::xid8),
               coalesce((select batch_id from projection_checkpoint where name = $1), 0))
           order by b.xid, b.id limit 1"#,
        LIVE,
    )
    .fetch_optional(pool)
    .await?;
    Ok(oldest.map(jiff_sqlx::Timestamp::to_jiff))
}
