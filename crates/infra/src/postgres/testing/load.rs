//! What the measurements need of a database: a bare writer to compare with,
//! and how far the projection lags.

use std::time::Duration;

use greengrid_domain::fleet::SiteId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

/// Makes sure that readings of this instant have a place.
pub async fn ensure_partition(pool: &PgPool, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"select ensure_reading_partition($1) as "done: ()""#,
        at.to_sqlx() as jiff_sqlx::Timestamp
    )
    .fetch_one(pool)
    .await?;
    Ok(())
}

/// Writes a reading for each of these sites at one instant, in one statement
/// and one transaction, with none of what the program does besides: the least
/// that a durable insert without repeats can cost.
pub async fn bare_insert(
    pool: &PgPool,
    sites: &[SiteId],
    at: Timestamp,
) -> Result<u64, sqlx::Error> {
    let ids: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
    let instants: Vec<jiff_sqlx::Timestamp> = ids.iter().map(|_| at.to_sqlx()).collect();
    let values: Vec<i32> = ids.iter().map(|id| id % 5_000).collect();
    let inserted = sqlx::query!(
        "insert into reading_event (site_id, measured_at, device_id, revision, quality, power_w,
                                    energy_wh, batch_id, reasons)
         select site_id, measured_at, 0, 0, 'valid', power_w, energy_wh, 0, 0
         from unnest($1::int[], $2::timestamptz[], $3::int[], $4::int[])
             as t(site_id, measured_at, power_w, energy_wh)
         on conflict do nothing",
        &ids,
        &instants as &[jiff_sqlx::Timestamp],
        &values,
        &values,
    )
    .execute(pool)
    .await?;
    Ok(inserted.rows_affected())
}

/// Gives every site so many days up to today, none like the one before.
pub async fn days(pool: &PgPool, days: i32) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into site_day (site_id, day, energy_wh, peak_power_w, covered_s, valid, incomplete,
                               inconsistent, corrections)
         select id, current_date - n, 20000 + (id * 31 + n * 17) % 90000, 24000, 86400, 288, 0, 0, 0
         from site, generate_series(0, $1 - 1) n",
        days,
    )
    .execute(pool)
    .await?;
    sqlx::query!("analyze site_day").execute(pool).await?;
    Ok(())
}

/// For how long the oldest readings have been waiting for the projection; zero
/// when none are.
pub async fn projection_lag(pool: &PgPool) -> Result<Duration, sqlx::Error> {
    let seconds = sqlx::query_scalar!(
        r#"select extract(epoch from clock_timestamp() - b.received_at)::float8 as "seconds!"
           from projection_checkpoint c
           join event_batch b on (b.xid, b.id) > (c.xid, c.batch_id)
           where c.name = 'readings'
           order by b.xid, b.id
           limit 1"#
    )
    .fetch_optional(pool)
    .await?;
    Ok(Duration::from_secs_f64(seconds.unwrap_or_default().max(0.0)))
}
