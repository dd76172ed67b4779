use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{DailyEnergy, DeviceStanding, ReadModels, ReadingRecord};
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::IntervalActual;
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;

use super::interval_row::IntervalRow;
use super::reading_rows::{DeviceRow, ReadingRow};
use crate::postgres::failure::failed;

/// What the projector derived, in Postgres. Every statement follows a primary
/// key site by site, so that it costs what it returns.
#[derive(Debug, Clone)]
pub struct PgReadModels {
    pool: PgPool,
}

impl PgReadModels {
    /// The read models behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

/// Keys in their order, each once.
fn keys(sites: &[SiteId]) -> Vec<i32> {
    let mut keys: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[async_trait]
impl ReadModels for PgReadModels {
    async fn intervals(
        &self,
        sites: &[SiteId],
        from: Interval,
        to: Interval,
    ) -> Result<Vec<(SiteId, IntervalActual)>, StoreError> {
        let rows = sqlx::query_as!(
            IntervalRow,
            r#"select s.site_id as "site_id!", i.starts_at as "starts_at: jiff_sqlx::Timestamp",
                      i.energy_wh, i.covered_s, i.inconsistent, i.low_power_w, i.mean_power_w,
                      i.high_power_w, i.register_wh, i.counter_resets, i.repeats, i.faults
               from unnest($1::int[]) as s(site_id)
               cross join lateral (
                   select starts_at, energy_wh, covered_s, inconsistent, low_power_w, mean_power_w,
                          high_power_w, register_wh, counter_resets, repeats, faults
                   from site_interval
                   where site_id = s.site_id and starts_at >= $2 and starts_at < $3
                   order by starts_at
               ) i"#,
            &keys(sites),
            from.start().to_sqlx() as jiff_sqlx::Timestamp,
            to.start().to_sqlx() as jiff_sqlx::Timestamp,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let mut intervals: Vec<_> = rows.into_iter().map(IntervalRow::actual).collect();
        // They come in this order already, only Postgres does not promise it.
        intervals.sort_by_key(|(site, actual)| (*site, actual.interval));
        Ok(intervals)
    }

    async fn days(
        &self,
        sites: &[SiteId],
        from: Date,
        to: Date,
    ) -> Result<Vec<(SiteId, DailyEnergy)>, StoreError> {
        let rows = sqlx::query!(
            r#"select s.site_id as "site_id!", d.day as "day: jiff_sqlx::Date", d.energy_wh,
                      d.valid, d.incomplete, d.inconsistent, d.corrections
               from unnest($1::int[]) as s(site_id)
               cross join lateral (
                   select day, energy_wh, valid, incomplete, inconsistent, corrections
                   from site_day
                   where site_id = s.site_id and day between $2 and $3
                   order by day
               ) d"#,
            &keys(sites),
            from.to_sqlx() as jiff_sqlx::Date,
            to.to_sqlx() as jiff_sqlx::Date,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let mut days: Vec<_> = rows
            .into_iter()
            .map(|row| {
                let day = DailyEnergy {
                    day: row.day.to_jiff(),
                    energy: Energy::from_wh(row.energy_wh),
                    readings: [row.valid, row.incomplete, row.inconsistent],
                    corrections: row.corrections,
                };
                (SiteId::from(row.site_id), day)
            })
            .collect();
        days.sort_by_key(|(site, day)| (*site, day.day));
        Ok(days)
    }

    async fn span(&self, site: SiteId) -> Result<Option<(Date, Date)>, StoreError> {
        let row = sqlx::query!(
            r#"select min(day) as "first: jiff_sqlx::Date", max(day) as "last: jiff_sqlx::Date"
               from site_day where site_id = $1"#,
            i32::from(site),
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(row.first.zip(row.last).map(|(first, last)| (first.to_jiff(), last.to_jiff())))
    }

    async fn devices_now(&self, site: SiteId) -> Result<Vec<DeviceStanding>, StoreError> {
        sqlx::query_as!(
            DeviceRow,
            r#"select n.device_id, n.measured_at as "measured_at: jiff_sqlx::Timestamp", n.power_w,
                      n.temperature_c, n.status_code, n.quality::text as "quality!",
                      d.kind as "kind?", d.serial as "serial?", d.model
               from device_now n
               left join device d on d.id = n.device_id and d.site_id = n.site_id
               where n.site_id = $1
               order by n.device_id <> 0, d.serial, n.device_id"#,
            i32::from(site),
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| row.standing(site))
        .collect()
    }

    async fn readings(
        &self,
        site: SiteId,
        from: Timestamp,
        to: Timestamp,
        limit: i64,
    ) -> Result<Vec<ReadingRecord>, StoreError> {
        sqlx::query_as!(
            ReadingRow,
            r#"select e.measured_at as "measured_at: jiff_sqlx::Timestamp", e.revision,
                      e.quality::text as "quality!", e.reasons, e.power_w, e.energy_wh,
                      e.energy_total_wh, e.irradiance_wm2, e.temperature_c, e.voltage_v,
                      e.status_code, d.serial as "serial?"
               from (
                   select measured_at, device_id, revision, quality, reasons, power_w, energy_wh,
                          energy_total_wh, irradiance_wm2, temperature_c, voltage_v, status_code
                   from reading_event
                   where site_id = $1 and measured_at >= $2 and measured_at < $3
                   order by measured_at desc, device_id desc, revision desc
                   limit $4
               ) e
               left join device d on d.id = e.device_id
               order by e.measured_at desc, e.device_id desc, e.revision desc"#,
            i32::from(site),
            from.to_sqlx() as jiff_sqlx::Timestamp,
            to.to_sqlx() as jiff_sqlx::Timestamp,
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(ReadingRecord::try_from)
        .collect()
    }

    async fn reading_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query!(
            r#"select coalesce(sum(i.readings), 0)::bigint as "readings!",
                      coalesce(sum(i.valid), 0)::bigint as "valid!"
               from site s
               cross join lateral (
                   select sum(valid + incomplete + inconsistent) as readings, sum(valid) as valid
                   from site_interval
                   where site_id = s.id and starts_at >= $1 and starts_at < $2
               ) i"#,
            from.to_sqlx() as jiff_sqlx::Timestamp,
            to.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok((row.readings, row.valid))
    }
}
