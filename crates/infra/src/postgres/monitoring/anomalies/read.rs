use std::collections::HashMap;

use greengrid_app::monitoring::anomalies::apply;
use greengrid_app::monitoring::{AnomalyRecord, HistoryEntry, IncidentRecord, RuleTally};
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::identity::UserId;
use greengrid_domain::monitoring::AnomalyId;
use greengrid_domain::monitoring::incident::{Cause, Incident, IncidentKind, Suspect};
use jiff::Timestamp;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::AnomalyRow;
use crate::postgres::fleet::read_sites;
use crate::postgres::monitoring::assessments::sql_time;

/// Reads anomalies, with the part of the statement that says which.
macro_rules! read {
    ($which:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            AnomalyRow,
            r#"select a.id, a.site_id, a.kind, a.since as "since: _", a.until as "until: _",
                      a.raised_at as "raised_at: _", a.heard_at as "heard_at: _", a.lost_wh,
                      a.lost_wh_per_day, a.money_per_day, a.currency, a.cause, a.next_step,
                      a.confidence, a.rung, a.neighbours, a.facts as "facts: _", a.held_at,
                      a.stage, a.stage_by, a.stage_at as "stage_at: _",
                      a.snoozed_until as "snoozed_until: _", a.dismissal, a.words, a.assigned_to,
                      u.name as "assigned_name?", a.reopened,
                      a.recovered_at as "recovered_at: _", a.recovered_wh_per_day,
                      a.came_back_at as "came_back_at: _", a.quiet_pattern_id, a.incident_id
               from anomaly a left join app_user u on u.id = a.assigned_to "# + $which
            $(, $argument)*
        )
    };
}

fn records(rows: Vec<AnomalyRow>) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    rows.into_iter().map(|row| row.try_into().map_err(corrupt)).collect()
}

/// A row that does not hold together, as a failure of reading it.
pub(in super::super) fn corrupt(
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

pub(super) async fn by_ids(
    pool: &PgPool,
    ids: &[AnomalyId],
) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
    records(read!("where a.id = any($1)", &ids).fetch_all(pool).await?)
}

/// The same, held until the transaction ends.
pub(in super::super) async fn lock(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    records(read!("where a.id = any($1) for update of a", ids).fetch_all(connection).await?)
}

pub(super) async fn active(pool: &PgPool) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    let rows = read!(
        "where (a.until is null or a.stage in ('open', 'acknowledged', 'snoozed'))
           and a.stage <> 'withdrawn'
         order by a.id"
    );
    records(rows.fetch_all(pool).await?)
}

/// Anomalies that may share a cause, within a transaction.
pub(super) async fn lasting(
    connection: &mut PgConnection,
) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    let rows = read!(
        "where (a.until is null or a.stage in ('open', 'acknowledged', 'snoozed'))
           and (a.until is null or a.incident_id is not null)
         order by a.id"
    );
    records(rows.fetch_all(connection).await?)
}

pub(super) async fn of_site(
    pool: &PgPool,
    site: SiteId,
    limit: i64,
) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    let rows = read!(
        "where a.site_id = $1
         order by (a.until is null and a.stage <> 'withdrawn') desc, a.since desc, a.id desc
         limit $2",
        i32::from(site),
        limit.max(0),
    );
    records(rows.fetch_all(pool).await?)
}

pub(super) async fn open_of(
    pool: &PgPool,
    sites: &[SiteId],
    ended_after: Timestamp,
) -> Result<Vec<AnomalyRecord>, sqlx::Error> {
    let sites: Vec<i32> = sites.iter().map(|site| (*site).into()).collect();
    let rows = read!(
        "where a.site_id = any($1) and a.stage <> 'withdrawn'
           and (a.until is null or a.until > $2)
         order by a.id",
        &sites,
        sql_time(ended_after) as _,
    );
    records(rows.fetch_all(pool).await?)
}

pub(super) async fn history(
    pool: &PgPool,
    ids: &[AnomalyId],
) -> Result<Vec<HistoryEntry>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| (*id).into()).collect();
    let rows = sqlx::query!(
        r#"select h.anomaly_id, h.at as "at: jiff_sqlx::Timestamp", h.event, h.by_user, h.words,
                  u.name as "by_name?"
           from anomaly_history h left join app_user u on u.id = h.by_user
           where h.anomaly_id = any($1)
           order by h.at desc, h.id desc"#,
        &ids
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(HistoryEntry {
                anomaly: row.anomaly_id.into(),
                at: row.at.to_jiff(),
                event: row.event.parse().map_err(corrupt)?,
                by: row.by_user.map(Into::into),
                by_name: row.by_name,
                words: row.words,
            })
        })
        .collect()
}

/// Those who may handle anomalies.
pub(super) async fn crew(pool: &PgPool) -> Result<Vec<(UserId, String)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, name from app_user where active and role in ('ops', 'admin') order by name, id"
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), row.name)).collect())
}

/// Anomalies that lasted at a moment or that people were not done with, and
/// the incidents that went on.
pub(in super::super) async fn past(
    pool: &PgPool,
    at: Timestamp,
) -> Result<(Vec<AnomalyRecord>, Vec<IncidentRecord>), sqlx::Error> {
    let rows = sqlx::query_file_as!(
        AnomalyRow,
        "src/postgres/monitoring/anomalies/past.sql",
        sql_time(at) as _
    )
    .fetch_all(pool)
    .await?;
    let active = records(rows)?;
    let mut connection = pool.acquire().await?;
    let open = open_incidents(&mut connection, Some(at)).await?;
    let sites = sites(&mut connection).await?;
    let mut incidents = folded(open, &active, &sites);
    // One whose first member was seen later had not been found yet.
    incidents.retain(|record| !record.incident.anomalies.is_empty());
    Ok((active, incidents))
}

/// Incidents with what is folded in them.
fn folded(
    open: Vec<(Uuid, Cause)>,
    members: &[AnomalyRecord],
    sites: &HashMap<SiteId, Site>,
) -> Vec<IncidentRecord> {
    let incidents = open.into_iter().map(|(id, cause)| {
        let suspects: Vec<Suspect> = members
            .iter()
            .filter(|record| record.incident == Some(id.into()))
            .filter_map(|record| apply::suspect(record, sites.get(&record.site)?))
            .collect();
        let incident = Incident::of(cause, &suspects.iter().collect::<Vec<_>>());
        IncidentRecord { id: id.into(), incident }
    });
    incidents.collect()
}

pub(super) async fn incidents(pool: &PgPool) -> Result<Vec<IncidentRecord>, sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let open = open_incidents(&mut connection, None).await?;
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = open.iter().map(|(id, _)| *id).collect();
    let rows = read!("where a.incident_id = any($1) order by a.id", &ids);
    let members = records(rows.fetch_all(&mut *connection).await?)?;
    let sites = sites(&mut connection).await?;
    Ok(folded(open, &members, &sites))
}

/// Incidents that go on, or went on at a moment: key and cause, the earliest
/// first.
pub(super) async fn open_incidents(
    connection: &mut PgConnection,
    at: Option<Timestamp>,
) -> Result<Vec<(Uuid, Cause)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select id, kind, brand, region, share from incident
         where case when $1::timestamptz is null then ended_at is null
                    else began_at <= $1 and (ended_at is null or ended_at > $1) end
         order by began_at, id",
        at.map(sql_time) as _,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let lacking = || corrupt(format!("incident {} lacks its place", row.id));
            let brand = || row.brand.as_deref().ok_or_else(lacking)?.parse().map_err(corrupt);
            let region = || row.region.as_deref().ok_or_else(lacking)?.parse().map_err(corrupt);
            let share = row.share.map(u8::try_from).transpose().map_err(corrupt)?;
            let cause = match row.kind.parse().map_err(corrupt)? {
                IncidentKind::VendorDown => Cause::VendorDown(brand()?),
                IncidentKind::ExportLimit => Cause::ExportLimit(brand()?, share),
                IncidentKind::GridFault => Cause::GridFault(region()?),
                IncidentKind::Storm => Cause::Storm(region()?),
            };
            Ok((row.id, cause))
        })
        .collect()
}

pub(super) async fn tally(
    pool: &PgPool,
    raised_since: Timestamp,
) -> Result<Vec<RuleTally>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select kind,
                  count(*) as "fired!",
                  count(*) filter (where known) as "quiet!",
                  count(*) filter (where stage in ('recovered', 'fixed') and not known)
                      as "confirmed!",
                  count(*) filter (where stage = 'dismissed') as "dismissed!",
                  count(*) filter (where stage = 'withdrawn') as "withdrawn!",
                  count(came_back_at) as "came_back!"
           from (select a.kind, a.stage, a.came_back_at,
                        quiet_pattern_id is not null and stage not in ('dismissed', 'withdrawn')
                            as known
                 from anomaly a where a.raised_at >= $1) t
           group by kind order by kind"#,
        sql_time(raised_since) as _,
    )
    .fetch_all(pool)
    .await?;
    let counted = |count: i64| u32::try_from(count).map_err(corrupt);
    rows.into_iter()
        .map(|row| {
            Ok(RuleTally {
                kind: row.kind.parse().map_err(corrupt)?,
                fired: counted(row.fired)?,
                quiet: counted(row.quiet)?,
                confirmed: counted(row.confirmed)?,
                dismissed: counted(row.dismissed)?,
                withdrawn: counted(row.withdrawn)?,
                came_back: counted(row.came_back)?,
            })
        })
        .collect()
}

/// All sites, by their keys.
pub(in super::super) async fn sites(
    connection: &mut PgConnection,
) -> Result<HashMap<SiteId, Site>, sqlx::Error> {
    let sites = read_sites(connection).await?;
    Ok(sites.into_iter().map(|site| (site.id, site)).collect())
}
