use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::live::{Notice, Topic};
use greengrid_app::monitoring::{AssessmentStore, Standing, StandingChange, StoredAssessment};
use greengrid_domain::fleet::{RegionCode, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{Assessment, Baseline, DaySummary, RegionInterval};
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::time::Interval;
use greengrid_domain::units::Power;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::array_text;
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify::notify;

/// Assessments, baselines and the sky over regions in Postgres.
#[derive(Debug, Clone)]
pub struct PgAssessmentStore {
    pub(super) pool: PgPool,
}

impl PgAssessmentStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_save(
        &self,
        at: Timestamp,
        assessments: &[Assessment],
        changes: &[StandingChange],
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let version = next_version(&mut tx).await?;
        save_rows(&mut tx, at, version, assessments).await?;
        append_changes(&mut tx, changes).await?;
        let sites = assessments.iter().map(|a| Notice::Changed(Topic::Site(a.site)));
        let notices: Vec<Notice> =
            std::iter::once(Notice::Changed(Topic::Fleet)).chain(sites).collect();
        notify(&mut tx, &notices).await?;
        tx.commit().await
    }

    async fn try_set_owner(
        &self,
        by: Initiator,
        site: SiteId,
        owner: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let site_id = i32::from(site);
        let before =
            sqlx::query_scalar!("select user_id from site_owner where site_id = $1", site_id)
                .fetch_optional(&mut *tx)
                .await?;
        let after = owner.map(Uuid::from);
        if before == after {
            return Ok(());
        }
        match after {
            Some(user) => {
                sqlx::query!(
                    "insert into site_owner (site_id, user_id, since) values ($1, $2, $3)
                     on conflict (site_id) do update
                         set user_id = excluded.user_id, since = excluded.since",
                    site_id,
                    user,
                    jiff_sqlx::Timestamp::from(at) as _,
                )
                .execute(&mut *tx)
                .await?;
            }
            None => {
                sqlx::query!("delete from site_owner where site_id = $1", site_id)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        sqlx::query!(
            "insert into site_owner_past (site_id, at, user_id) values ($1, $2, $3)
             on conflict (site_id, at) do update set user_id = excluded.user_id",
            site_id,
            sql_time(at) as _,
            after,
        )
        .execute(&mut *tx)
        .await?;
        let change = Change {
            subject: AuditSubject::Site,
            subject_id: site.to_string(),
            action: if after.is_some() { "take_site" } else { "hand_back_site" },
            before: before.map(|user| json!({ "owner": user })),
            after: after.map(|user| json!({ "owner": user })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        let version = next_version(&mut tx).await?;
        sqlx::query!("update overview_row set version = $2 where site_id = $1", site_id, version)
            .execute(&mut *tx)
            .await?;
        let topics = [Topic::Fleet, Topic::Site(site)].map(Notice::Changed);
        notify(&mut tx, &topics).await?;
        tx.commit().await
    }
}

async fn save_rows(
    connection: &mut PgConnection,
    at: Timestamp,
    version: i64,
    assessments: &[Assessment],
) -> Result<(), sqlx::Error> {
    let each = || assessments.iter();
    let findings = || each().map(|a| a.finding.as_ref());
    let sites: Vec<i32> = each().map(|a| a.site.into()).collect();
    let statuses: Vec<&str> = each().map(|a| a.status.into()).collect();
    let kinds: Vec<Option<&str>> = findings().map(|f| f.map(|f| f.kind.into())).collect();
    let since: Vec<_> = findings().map(|f| f.map(|f| sql_time(f.since))).collect();
    let causes: Vec<Option<&str>> = findings().map(|f| f.map(|f| f.cause.as_str())).collect();
    let steps: Vec<Option<&str>> = findings().map(|f| f.map(|f| f.next_step.into())).collect();
    let lost: Vec<i64> = findings().map(|f| f.map_or(0, |f| f.lost.wh())).collect();
    let lost_per_day: Vec<i64> = findings().map(|f| f.map_or(0, |f| f.lost_per_day.wh())).collect();
    let money: Vec<Decimal> =
        findings().map(|f| f.map_or(Decimal::ZERO, |f| f.money_per_day.amount)).collect();
    let currencies: Vec<String> = findings()
        .map(|f| f.map(|f| f.money_per_day.currency).unwrap_or_default().to_string())
        .collect();
    let power: Vec<Option<i64>> = each().map(|a| a.power_now.map(Power::watts)).collect();
    let expected: Vec<Option<i64>> = each().map(|a| a.expected_now.map(Power::watts)).collect();
    let today: Vec<i64> = each().map(|a| a.energy_today.wh()).collect();
    let expected_today: Vec<i64> = each().map(|a| a.expected_today.wh()).collect();
    let heard: Vec<_> = each().map(|a| a.last_reading_at.map(sql_time)).collect();
    let spark_from: Vec<_> = each().map(|a| sql_time(a.spark.from)).collect();
    let spark_actual: Vec<String> =
        each().map(|a| array_text(a.spark.actual.iter().copied())).collect();
    let spark_expected: Vec<String> =
        each().map(|a| array_text(a.spark.expected.iter().copied().map(Some))).collect();
    let daily_index: Vec<String> =
        each().map(|a| array_text(a.daily_index.iter().copied())).collect();
    sqlx::query_file!(
        "src/postgres/monitoring/save_assessments.sql",
        sql_time(at) as _,
        &sites,
        &statuses as &[&str],
        &kinds as &[Option<&str>],
        &since as &[Option<jiff_sqlx::Timestamp>],
        &causes as &[Option<&str>],
        &steps as &[Option<&str>],
        &lost,
        &lost_per_day,
        &money,
        &currencies,
        &power as &[Option<i64>],
        &expected as &[Option<i64>],
        &today,
        &expected_today,
        &heard as &[Option<jiff_sqlx::Timestamp>],
        &spark_from as &[jiff_sqlx::Timestamp],
        &spark_actual,
        &spark_expected,
        &daily_index,
        version,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn append_changes(
    connection: &mut PgConnection,
    changes: &[StandingChange],
) -> Result<(), sqlx::Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let at: Vec<_> = changes.iter().map(|change| sql_time(change.at)).collect();
    let sites: Vec<i32> = changes.iter().map(|change| change.site.into()).collect();
    let statuses: Vec<&str> = changes.iter().map(|change| change.status.into()).collect();
    let texts: Vec<&str> = changes.iter().map(|change| change.text.as_str()).collect();
    sqlx::query!(
        "insert into overview_event (at, site_id, status, text)
         select t.at, t.site_id, t.status, t.text
         from unnest($1::timestamptz[], $2::integer[], $3::text[], $4::text[])
             with ordinality as t (at, site_id, status, text, place)
         join site on site.id = t.site_id
         order by t.at, t.place",
        &at as &[jiff_sqlx::Timestamp],
        &sites,
        &statuses as &[&str],
        &texts as &[&str],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Tells readers of the overview that theirs is no longer the present one. What
/// is written with the version comes after this: until the transaction ends, no
/// other takes one, so that versions are seen in their order.
pub(super) async fn next_version(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!("update overview_version set version = version + 1 returning version")
        .fetch_one(connection)
        .await
}

pub(super) fn sql_time(at: Timestamp) -> jiff_sqlx::Timestamp {
    at.into()
}

#[async_trait]
impl AssessmentStore for PgAssessmentStore {
    async fn save(
        &self,
        at: Timestamp,
        assessments: &[Assessment],
        changes: &[StandingChange],
    ) -> Result<(), StoreError> {
        self.try_save(at, assessments, changes).await.map_err(failed)
    }

    async fn version(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar!("select version from overview_version")
            .fetch_one(&self.pool)
            .await
            .map_err(failed)
    }

    async fn findings(&self, after: i64) -> Result<Vec<StoredAssessment>, StoreError> {
        self.read_findings(after).await
    }

    async fn of_sites(&self, sites: &[SiteId]) -> Result<Vec<StoredAssessment>, StoreError> {
        self.read_of_sites(sites).await
    }

    async fn standings(&self, after: i64) -> Result<Vec<Standing>, StoreError> {
        self.read_standings(after).await
    }

    async fn changes(&self, limit: i64) -> Result<Vec<StandingChange>, StoreError> {
        self.read_changes(limit).await
    }

    async fn baselines(&self, sites: &[SiteId]) -> Result<Vec<Baseline>, StoreError> {
        self.read_baselines(sites).await
    }

    async fn days(
        &self,
        sites: &[SiteId],
        since: Timestamp,
    ) -> Result<Vec<(SiteId, DaySummary)>, StoreError> {
        self.read_days(sites, since).await
    }

    async fn save_days(&self, days: &[(SiteId, DaySummary)]) -> Result<(), StoreError> {
        self.replace_days(days).await.map_err(failed)
    }

    async fn save_baselines(&self, baselines: &[Baseline]) -> Result<(), StoreError> {
        self.replace_baselines(baselines).await.map_err(failed)
    }

    async fn region_intervals(
        &self,
        region: Option<&RegionCode>,
        from: Interval,
        to: Interval,
    ) -> Result<Vec<RegionInterval>, StoreError> {
        self.read_regions(region, from, to).await
    }

    async fn save_region_intervals(&self, intervals: &[RegionInterval]) -> Result<(), StoreError> {
        self.replace_regions(intervals).await.map_err(failed)
    }

    async fn take_due(&self, limit: i64) -> Result<Vec<(RegionCode, Date)>, StoreError> {
        self.remove_due(limit).await
    }

    async fn put_due(&self, due: &[(RegionCode, Date)]) -> Result<(), StoreError> {
        self.add_due(due).await.map_err(failed)
    }

    async fn set_owner(
        &self,
        by: Initiator,
        site: SiteId,
        owner: Option<UserId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.try_set_owner(by, site, owner, at).await.map_err(failed)
    }
}
