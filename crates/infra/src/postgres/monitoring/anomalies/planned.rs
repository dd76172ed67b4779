//! What people decided ahead: quiet patterns and maintenance windows.

use std::collections::BTreeSet;

use greengrid_domain::fleet::SiteId;
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::{
    LocalHours, MaintenanceId, MaintenanceScope, MaintenanceWindow, QuietPattern, QuietPatternId,
};
use greengrid_domain::observability::{AuditSubject, Initiator};
use greengrid_domain::units::Energy;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::read::corrupt;
use super::write::tell;
use crate::postgres::audit::{self, Change};
use crate::postgres::monitoring::assessments::sql_time;

/// Patterns of these sites that were not forgotten, oldest first.
pub(super) async fn patterns(
    executor: impl PgExecutor<'_>,
    sites: &[SiteId],
) -> Result<Vec<QuietPattern>, sqlx::Error> {
    let sites: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
    let rows = sqlx::query!(
        r#"select id, site_id, kind, why, hour_from, hour_to,
                  until as "until: jiff_sqlx::Timestamp", most_wh_per_day
           from quiet_pattern
           where site_id = any($1) and forgotten_at is null
           order by learned_at, id"#,
        &sites
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter()
        .map(|row| {
            let hour = |hour: i16| i8::try_from(hour).map_err(corrupt);
            let hours = match row.hour_from.zip(row.hour_to) {
                Some((from, to)) => Some(LocalHours::new(hour(from)?, hour(to)?).map_err(corrupt)?),
                None => None,
            };
            Ok(QuietPattern {
                id: row.id.into(),
                site: row.site_id.into(),
                kind: row.kind.parse().map_err(corrupt)?,
                why: row.why.parse().map_err(corrupt)?,
                hours,
                until: row.until.map(jiff_sqlx::Timestamp::to_jiff),
                most_per_day: Energy::from_wh(row.most_wh_per_day),
            })
        })
        .collect()
}

/// Keeps what a dismissal taught; its audit entry is that of the dismissal.
pub(super) async fn keep(
    connection: &mut PgConnection,
    by: UserId,
    pattern: &QuietPattern,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into quiet_pattern
             (id, site_id, kind, why, hour_from, hour_to, until, most_wh_per_day, learned_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        Uuid::from(pattern.id),
        i32::from(pattern.site),
        <&str>::from(pattern.kind),
        <&str>::from(pattern.why),
        pattern.hours.map(|hours| i16::from(hours.from())),
        pattern.hours.map(|hours| i16::from(hours.to())),
        pattern.until.map(sql_time) as _,
        pattern.most_per_day.wh(),
        Uuid::from(by),
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn forget(
    pool: &PgPool,
    by: UserId,
    site: SiteId,
    id: QuietPatternId,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let forgotten = sqlx::query!(
        "update quiet_pattern set forgotten_at = now()
         where id = $1 and site_id = $2 and forgotten_at is null",
        Uuid::from(id),
        i32::from(site),
    )
    .execute(&mut *tx)
    .await?;
    if forgotten.rows_affected() == 0 {
        return Ok(false);
    }
    let change = Change {
        subject: AuditSubject::Anomaly,
        subject_id: id.to_string(),
        action: "forget_pattern",
        before: Some(json!({ "site": i32::from(site) })),
        after: None,
    };
    audit::record(&mut tx, Initiator::User(by), &[change]).await?;
    tell(&mut tx, [site].into(), false).await?;
    tx.commit().await?;
    Ok(true)
}

pub(super) async fn plan(
    pool: &PgPool,
    by: UserId,
    window: &MaintenanceWindow,
) -> Result<(), sqlx::Error> {
    let (site, region) = match window.scope() {
        MaintenanceScope::Site(site) => (Some(i32::from(*site)), None),
        MaintenanceScope::Region(region) => (None, Some(region.as_str())),
    };
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "insert into maintenance_window (id, site_id, region, from_at, to_at, why, planned_by)
         values ($1, $2, $3, $4, $5, $6, $7)",
        Uuid::from(window.id),
        site,
        region,
        sql_time(window.from()) as _,
        sql_time(window.to()) as _,
        window.why().as_str(),
        Uuid::from(by),
    )
    .execute(&mut *tx)
    .await?;
    audit::record(&mut tx, Initiator::User(by), &[change(window, "plan")]).await?;
    let sites = concerned(&mut tx, window).await?;
    tell(&mut tx, sites, false).await?;
    tx.commit().await
}

pub(super) async fn cancel(
    pool: &PgPool,
    by: UserId,
    id: MaintenanceId,
    at: Timestamp,
) -> Result<Option<MaintenanceWindow>, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let row = sqlx::query_as!(
        WindowRow,
        r#"update maintenance_window set cancelled_at = $2
           where id = $1 and cancelled_at is null
           returning id, site_id, region, from_at as "from_at: _", to_at as "to_at: _", why"#,
        Uuid::from(id),
        sql_time(at) as _,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let window = MaintenanceWindow::try_from(row)?;
    audit::record(&mut tx, Initiator::User(by), &[change(&window, "cancel")]).await?;
    let sites = concerned(&mut tx, &window).await?;
    tell(&mut tx, sites, false).await?;
    tx.commit().await?;
    Ok(Some(window))
}

pub(in super::super) async fn windows(
    executor: impl PgExecutor<'_>,
    ending_after: Timestamp,
) -> Result<Vec<MaintenanceWindow>, sqlx::Error> {
    let rows = sqlx::query_as!(
        WindowRow,
        r#"select id, site_id, region, from_at as "from_at: _", to_at as "to_at: _", why
           from maintenance_window
           where cancelled_at is null and to_at > $1
           order by from_at, id"#,
        sql_time(ending_after) as _,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(MaintenanceWindow::try_from).collect()
}

/// Windows as they were known at a past moment, when some of them had not been
/// cancelled yet.
pub(in super::super) async fn windows_at(
    executor: impl PgExecutor<'_>,
    at: Timestamp,
) -> Result<Vec<MaintenanceWindow>, sqlx::Error> {
    let rows = sqlx::query_as!(
        WindowRow,
        r#"select id, site_id, region, from_at as "from_at: _", to_at as "to_at: _", why
           from maintenance_window
           where (cancelled_at is null or cancelled_at > $1) and to_at > $1
           order by from_at, id"#,
        sql_time(at) as _,
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(MaintenanceWindow::try_from).collect()
}

/// A row of `maintenance_window`.
struct WindowRow {
    id: Uuid,
    site_id: Option<i32>,
    region: Option<String>,
    from_at: jiff_sqlx::Timestamp,
    to_at: jiff_sqlx::Timestamp,
    why: String,
}

impl TryFrom<WindowRow> for MaintenanceWindow {
    type Error = sqlx::Error;

    fn try_from(row: WindowRow) -> Result<Self, sqlx::Error> {
        let scope = match (row.site_id, row.region) {
            (Some(site), _) => MaintenanceScope::Site(site.into()),
            (None, Some(region)) => MaintenanceScope::Region(region.parse().map_err(corrupt)?),
            (None, None) => return Err(corrupt(format!("window {} is nowhere", row.id))),
        };
        let (from, to) = (row.from_at.to_jiff(), row.to_at.to_jiff());
        let why = row.why.parse().map_err(corrupt)?;
        Self::new(row.id.into(), scope, from, to, why).map_err(corrupt)
    }
}

/// The sites whose pages show the window.
async fn concerned(
    connection: &mut PgConnection,
    window: &MaintenanceWindow,
) -> Result<BTreeSet<SiteId>, sqlx::Error> {
    match window.scope() {
        MaintenanceScope::Site(site) => Ok([*site].into()),
        MaintenanceScope::Region(region) => {
            let ids = sqlx::query_scalar!("select id from site where region = $1", region.as_str())
                .fetch_all(connection)
                .await?;
            Ok(ids.into_iter().map(SiteId::from).collect())
        }
    }
}

fn change(window: &MaintenanceWindow, action: &'static str) -> Change {
    let state: Value = json!({
        "scope": match window.scope() {
            MaintenanceScope::Site(site) => json!({ "site": i32::from(*site) }),
            MaintenanceScope::Region(region) => json!({ "region": region.as_str() }),
        },
        "from": window.from().to_string(),
        "to": window.to().to_string(),
        "why": window.why().as_str(),
    });
    let (before, after) = if action == "plan" { (None, Some(state)) } else { (Some(state), None) };
    Change {
        subject: AuditSubject::Maintenance,
        subject_id: window.id.to_string(),
        action,
        before,
        after,
    }
}
