//! Morning reports, kept as they were sent.

mod content;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_app::monitoring::reports::{Kept, MorningReport, ReportStore, ReportSummary};
use greengrid_domain::fleet::RegionCode;
use greengrid_domain::identity::EmailAddress;
use greengrid_domain::messages::Letter;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx;
use sqlx::PgPool;
use sqlx::types::Json;

use self::content::ReportContent;
use super::assessments::sql_time;
use crate::postgres::failure::failed;
use crate::postgres::messages::enqueue;
use crate::postgres::notify::notify;

/// Morning reports in Postgres.
#[derive(Debug, Clone)]
pub struct PgReportStore {
    pool: PgPool,
}

/// A row of `morning_report`.
struct ReportRow {
    region: String,
    day: jiff_sqlx::Date,
    due_at: jiff_sqlx::Timestamp,
    made_at: jiff_sqlx::Timestamp,
    content: Json<ReportContent>,
}

impl TryFrom<ReportRow> for MorningReport {
    type Error = StoreError;

    fn try_from(row: ReportRow) -> Result<Self, StoreError> {
        let region = row.region.parse().map_err(StoreError::new)?;
        row.content.0.report(region, row.day.to_jiff(), row.due_at.to_jiff(), row.made_at.to_jiff())
    }
}

impl PgReportStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_keep(
        &self,
        report: &MorningReport,
        letters: &[Letter],
    ) -> Result<Kept, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let kept = sqlx::query!(
            "insert into morning_report (region, day, due_at, made_at, content)
             values ($1, $2, $3, $4, $5)
             on conflict (region, day) do nothing",
            report.region.as_str(),
            report.day.to_sqlx() as jiff_sqlx::Date,
            sql_time(report.due_at) as _,
            sql_time(report.made_at) as _,
            Json(ReportContent::of(report)) as _,
        )
        .execute(&mut *tx)
        .await?;
        if kept.rows_affected() == 0 {
            return Ok(Kept::Known);
        }
        enqueue(&mut tx, letters).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Reports)]).await?;
        tx.commit().await?;
        Ok(Kept::New)
    }
}

#[async_trait]
impl ReportStore for PgReportStore {
    async fn keep(&self, report: &MorningReport, letters: &[Letter]) -> Result<Kept, StoreError> {
        self.try_keep(report, letters).await.map_err(failed)
    }

    async fn newest(&self) -> Result<Vec<MorningReport>, StoreError> {
        sqlx::query_as!(
            ReportRow,
            r#"select distinct on (region) region, day as "day: _", due_at as "due_at: _",
                      made_at as "made_at: _", content as "content: _"
               from morning_report order by region, day desc"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(MorningReport::try_from)
        .collect()
    }

    async fn last_made(&self) -> Result<Option<Timestamp>, StoreError> {
        let last = sqlx::query_scalar!(
            r#"select max(made_at) as "at: jiff_sqlx::Timestamp" from morning_report"#
        )
        .fetch_one(&self.pool)
        .await
        .map_err(failed)?;
        Ok(last.map(jiff_sqlx::Timestamp::to_jiff))
    }

    async fn find(
        &self,
        region: &RegionCode,
        day: Date,
    ) -> Result<Option<MorningReport>, StoreError> {
        sqlx::query_as!(
            ReportRow,
            r#"select region, day as "day: _", due_at as "due_at: _", made_at as "made_at: _",
                      content as "content: _"
               from morning_report where region = $1 and day = $2"#,
            region.as_str(),
            day.to_sqlx() as jiff_sqlx::Date,
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?
        .map(MorningReport::try_from)
        .transpose()
    }

    async fn list(
        &self,
        before: Option<Date>,
        limit: i64,
    ) -> Result<Vec<ReportSummary>, StoreError> {
        let rows = sqlx::query_as!(
            ReportRow,
            r#"select region, day as "day: _", due_at as "due_at: _", made_at as "made_at: _",
                      content as "content: _"
               from morning_report
               where $1::date is null or day < $1
               order by day desc, region limit $2"#,
            before.map(ToSqlx::to_sqlx) as Option<jiff_sqlx::Date>,
            limit,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter()
            .map(|row| {
                let report = MorningReport::try_from(row)?;
                Ok(ReportSummary {
                    region: report.region,
                    region_name: report.region_name,
                    day: report.day,
                    counts: report.counts,
                    money_per_day: report.money_per_day,
                })
            })
            .collect()
    }

    async fn readers(&self) -> Result<Vec<EmailAddress>, StoreError> {
        let rows = sqlx::query_scalar!(
            "select email from app_user where active and role = 'ops' order by email"
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(|email| email.parse().map_err(StoreError::new)).collect()
    }
}
