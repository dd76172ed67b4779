use greengrid_app::error::StoreError;
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::RegionInterval;
use greengrid_domain::time::Interval;
use greengrid_domain::units::Energy;
use jiff::civil::Date;

use super::PgAssessmentStore;
use super::assessments::sql_time;
use crate::postgres::failure::failed;

impl PgAssessmentStore {
    pub(super) async fn read_regions(
        &self,
        region: Option<&RegionCode>,
        from: Interval,
        to: Interval,
    ) -> Result<Vec<RegionInterval>, StoreError> {
        sqlx::query!(
            r#"select region, starts_at as "starts_at: jiff_sqlx::Timestamp", clearness, sites,
                      actual_wh, expected_wh
               from region_interval
               where starts_at >= $2 and starts_at < $3 and ($1::text is null or region = $1)
               order by region, starts_at"#,
            region.map(RegionCode::as_str),
            sql_time(from.start()) as _,
            sql_time(to.start()) as _,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| {
            Ok(RegionInterval {
                region: row.region.parse().map_err(StoreError::new)?,
                interval: Interval::containing(row.starts_at.to_jiff()),
                clearness: row.clearness,
                sites: row.sites,
                actual: Energy::from_wh(row.actual_wh),
                expected: Energy::from_wh(row.expected_wh),
            })
        })
        .collect()
    }

    pub(super) async fn replace_regions(
        &self,
        intervals: &[RegionInterval],
    ) -> Result<(), sqlx::Error> {
        let each = || intervals.iter();
        let regions: Vec<&str> = each().map(|i| i.region.as_str()).collect();
        let starts: Vec<_> = each().map(|i| sql_time(i.interval.start())).collect();
        let clearness: Vec<Option<f64>> = each().map(|i| i.clearness).collect();
        let sites: Vec<i32> = each().map(|i| i.sites).collect();
        let actual: Vec<i64> = each().map(|i| i.actual.wh()).collect();
        let expected: Vec<i64> = each().map(|i| i.expected.wh()).collect();
        sqlx::query!(
            "insert into region_interval
                 (region, starts_at, clearness, sites, actual_wh, expected_wh)
             select t.* from unnest($1::text[], $2::timestamptz[], $3::float8[], $4::integer[],
                                    $5::bigint[], $6::bigint[]) as t
             order by 1, 2
             on conflict (region, starts_at) do update set
                 clearness = excluded.clearness, sites = excluded.sites,
                 actual_wh = excluded.actual_wh, expected_wh = excluded.expected_wh",
            &regions as &[&str],
            &starts as &[jiff_sqlx::Timestamp],
            &clearness as &[Option<f64>],
            &sites,
            &actual,
            &expected,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    pub(super) async fn remove_due(
        &self,
        limit: i64,
    ) -> Result<Vec<(RegionCode, Date)>, StoreError> {
        let mut due: Vec<(RegionCode, Date)> = sqlx::query!(
            r#"delete from assessment_due
               where (region, utc_day) in (
                   select region, utc_day from assessment_due
                   order by utc_day desc, region limit $1 for update skip locked)
               returning region, utc_day as "utc_day: jiff_sqlx::Date""#,
            limit
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| Ok((row.region.parse().map_err(StoreError::new)?, row.utc_day.to_jiff())))
        .collect::<Result<_, StoreError>>()?;
        due.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(due)
    }

    pub(super) async fn add_due(&self, due: &[(RegionCode, Date)]) -> Result<(), sqlx::Error> {
        let regions: Vec<&str> = due.iter().map(|(region, _)| region.as_str()).collect();
        let days: Vec<jiff_sqlx::Date> = due.iter().map(|(_, day)| (*day).into()).collect();
        sqlx::query!(
            "insert into assessment_due (region, utc_day)
             select distinct t.region, t.utc_day from unnest($1::text[], $2::date[])
                 as t (region, utc_day)
             on conflict do nothing",
            &regions as &[&str],
            &days as &[jiff_sqlx::Date],
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
