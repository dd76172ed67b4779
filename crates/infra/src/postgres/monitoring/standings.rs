use greengrid_app::error::StoreError;
use greengrid_app::monitoring::{Standing, StandingChange, StoredAssessment};
use greengrid_domain::fleet::SiteId;
use jiff::Timestamp;
use sqlx::PgPool;

use super::PgAssessmentStore;
use super::assessments::sql_time;
use super::rows::{AssessmentRow, read};
use crate::postgres::failure::failed;

impl PgAssessmentStore {
    pub(super) async fn read_findings(
        &self,
        after: i64,
    ) -> Result<Vec<StoredAssessment>, StoreError> {
        read!(
            r#"from overview_row r
               left join site_owner o on o.site_id = r.site_id
               left join app_user u on u.id = o.user_id
               where r.status <> 'on_track' and r.version > $1"#,
            after
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(StoredAssessment::try_from)
        .collect()
    }

    pub(super) async fn read_of_sites(
        &self,
        sites: &[SiteId],
    ) -> Result<Vec<StoredAssessment>, StoreError> {
        let sites: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
        read!(
            r#"from overview_row r
               left join site_owner o on o.site_id = r.site_id
               left join app_user u on u.id = o.user_id
               where r.site_id = any($1)"#,
            &sites
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(StoredAssessment::try_from)
        .collect()
    }

    pub(super) async fn read_standings(&self, after: i64) -> Result<Vec<Standing>, StoreError> {
        sqlx::query!(
            r#"select site_id, status, power_w, expected_power_w, energy_today_wh,
                      expected_today_wh,
                      last_reading_at as "last_reading_at: jiff_sqlx::Timestamp",
                      (money_per_day * 100)::bigint as "cents_per_day!"
               from overview_row where version > $1"#,
            after,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?
        .into_iter()
        .map(|row| {
            Ok(Standing {
                site: row.site_id.into(),
                status: row.status.parse().map_err(StoreError::new)?,
                power_w: row.power_w,
                expected_power_w: row.expected_power_w,
                energy_today_wh: row.energy_today_wh,
                expected_today_wh: row.expected_today_wh,
                last_reading_at: row.last_reading_at.map(jiff_sqlx::Timestamp::to_jiff),
                cents_per_day: row.cents_per_day,
            })
        })
        .collect()
    }

    pub(super) async fn read_changes(&self, limit: i64) -> Result<Vec<StandingChange>, StoreError> {
        changes(&self.pool, limit, None).await
    }
}

/// What changed last, up to a moment unless up to now; newest first.
pub(super) async fn changes(
    pool: &PgPool,
    limit: i64,
    until: Option<Timestamp>,
) -> Result<Vec<StandingChange>, StoreError> {
    sqlx::query!(
        r#"select at as "at: jiff_sqlx::Timestamp", site_id, status, text
           from overview_event
           where $2::timestamptz is null or at <= $2
           order by at desc, id desc limit $1"#,
        limit,
        until.map(sql_time) as _,
    )
    .fetch_all(pool)
    .await
    .map_err(failed)?
    .into_iter()
    .map(|row| {
        Ok(StandingChange {
            at: row.at.to_jiff(),
            site: row.site_id.into(),
            status: row.status.parse().map_err(StoreError::new)?,
            text: row.text,
        })
    })
    .collect()
}
