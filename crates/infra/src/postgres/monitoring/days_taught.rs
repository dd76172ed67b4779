use greengrid_app::error::StoreError;
use greengrid_domain::fleet::SiteId;
use greengrid_domain::monitoring::{DaySummary, HourSum, Lag, Rung};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::PgAssessmentStore;
use super::rows::array_text;
use crate::postgres::failure::failed;

impl PgAssessmentStore {
    pub(super) async fn read_days(
        &self,
        sites: &[SiteId],
        since: Timestamp,
    ) -> Result<Vec<(SiteId, DaySummary)>, StoreError> {
        let sites: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
        let first = since.to_zoned(TimeZone::UTC).date();
        sqlx::query!(
            r#"select site_id, day as "day: jiff_sqlx::Date", produced, modelled, clear_wh, rung,
                      spread, night_w, peak_w, lag_min, lag_explained, lag_first, lag_last
               from site_day_taught
               where site_id = any($1) and day >= $2
               order by site_id, day"#,
            &sites,
            jiff_sqlx::Date::from(first) as jiff_sqlx::Date,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| {
            let mut hours = [HourSum::default(); 24];
            for (hour, (produced, modelled)) in
                hours.iter_mut().zip(row.produced.into_iter().zip(row.modelled))
            {
                *hour = HourSum { produced, modelled };
            }
            let lag = row.lag_min.zip(row.lag_explained).zip(row.lag_first.zip(row.lag_last));
            let rung: Rung = row.rung.parse().map_err(|_| StoreError::new("no such rung"))?;
            let summary = DaySummary {
                day: row.day.to_jiff(),
                hours,
                clear_wh: row.clear_wh,
                rung,
                spread: row.spread,
                night_w: row.night_w,
                peak_w: row.peak_w,
                lag: lag.map(|((minutes, explained), (first, last))| Lag {
                    minutes,
                    explained,
                    first,
                    last,
                }),
                spoiled: false,
                lossy: false,
            };
            Ok((SiteId::from(row.site_id), summary))
        })
        .collect()
    }

    pub(super) async fn replace_days(
        &self,
        days: &[(SiteId, DaySummary)],
    ) -> Result<(), sqlx::Error> {
        let each = || days.iter().map(|(_, day)| day);
        let hours = |of: fn(&HourSum) -> f32| -> Vec<String> {
            each().map(|day| array_text(day.hours.iter().map(|hour| Some(of(hour))))).collect()
        };
        let sites: Vec<i32> = days.iter().map(|(site, _)| (*site).into()).collect();
        let dates: Vec<jiff_sqlx::Date> = each().map(|day| day.day.into()).collect();
        let clear: Vec<f32> = each().map(|day| day.clear_wh).collect();
        let rungs: Vec<&str> = each().map(|day| day.rung.into()).collect();
        let spreads: Vec<f32> = each().map(|day| day.spread).collect();
        let nights: Vec<Option<f32>> = each().map(|day| day.night_w).collect();
        let peaks: Vec<f32> = each().map(|day| day.peak_w).collect();
        let lag = |of: fn(Lag) -> i16| -> Vec<Option<i16>> {
            each().map(|day| day.lag.map(of)).collect()
        };
        let explained: Vec<Option<f32>> =
            each().map(|day| day.lag.map(|lag| lag.explained)).collect();
        sqlx::query_file!(
            "src/postgres/monitoring/save_days_taught.sql",
            &sites,
            &dates as &[jiff_sqlx::Date],
            &hours(|hour| hour.produced),
            &hours(|hour| hour.modelled),
            &clear,
            &rungs as &[&str],
            &spreads,
            &nights as &[Option<f32>],
            &peaks,
            &lag(|lag| lag.minutes) as &[Option<i16>],
            &explained as &[Option<f32>],
            &lag(|lag| lag.first) as &[Option<i16>],
            &lag(|lag| lag.last) as &[Option<i16>],
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
