use std::collections::BTreeSet;

use greengrid_app::monitoring::anomalies::apply;
use greengrid_app::monitoring::{AnomalyRecord, IncidentRecord};
use greengrid_domain::fleet::{Site, SiteId};
use greengrid_domain::monitoring::incident::{Cause, IncidentId, IncidentKind};
use greengrid_domain::observability::{AuditSubject, Initiator};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::read;
use crate::postgres::audit::{self, Change};
use crate::postgres::monitoring::assessments::sql_time;

/// Folds what lasts into incidents: begins those that are new, ends those that
/// are over, and returns the sites whose anomalies moved in or out of one.
pub(super) async fn fold(connection: &mut PgConnection) -> Result<BTreeSet<SiteId>, sqlx::Error> {
    let lasting = read::lasting(connection).await?;
    let known: Vec<(IncidentId, IncidentKind)> = read::open_incidents(connection, None)
        .await?
        .into_iter()
        .map(|(id, cause)| (id.into(), cause.kind()))
        .collect();
    if lasting.is_empty() && known.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sites = read::sites(connection).await?;
    let open: Vec<(&AnomalyRecord, &Site)> =
        lasting.iter().filter_map(|record| Some((record, sites.get(&record.site)?))).collect();
    let size = apply::fleet_size(sites.values());
    let folded = apply::incidents(&open, &size, &known, || Uuid::now_v7().into());
    let kept = |id: IncidentId| folded.iter().any(|record| record.id == id);
    let over: Vec<Uuid> =
        known.iter().filter(|(id, _)| !kept(*id)).map(|(id, _)| (*id).into()).collect();
    let fresh: Vec<&IncidentRecord> =
        folded.iter().filter(|record| !known.iter().any(|(id, _)| *id == record.id)).collect();
    begin(connection, &fresh).await?;
    end(connection, &over).await?;
    join(connection, &folded).await
}

async fn begin(
    connection: &mut PgConnection,
    fresh: &[&IncidentRecord],
) -> Result<(), sqlx::Error> {
    for record in fresh {
        let (brand, region, share) = match &record.incident.cause {
            Cause::VendorDown(brand) => (Some(*brand), None, None),
            Cause::ExportLimit(brand, share) => (Some(*brand), None, share.map(i16::from)),
            Cause::GridFault(region) | Cause::Storm(region) => (None, Some(region.as_str()), None),
        };
        sqlx::query!(
            "insert into incident (id, kind, brand, region, share, began_at)
             values ($1, $2, $3, $4, $5, $6)",
            Uuid::from(record.id),
            <&str>::from(record.incident.cause.kind()),
            brand.map(<&str>::from),
            region,
            share,
            sql_time(record.incident.began) as _,
        )
        .execute(&mut *connection)
        .await?;
    }
    let changes: Vec<Change> = fresh
        .iter()
        .map(|record| Change {
            subject: AuditSubject::Incident,
            subject_id: record.id.to_string(),
            action: "begin",
            before: None,
            after: Some(json!({
                "kind": record.incident.cause.kind().to_string(),
                "sites": record.incident.sites,
            })),
        })
        .collect();
    audit::record(connection, Initiator::System, &changes).await
}

/// An incident ends at the newest of what the detector said.
async fn end(connection: &mut PgConnection, over: &[Uuid]) -> Result<(), sqlx::Error> {
    if over.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update incident set ended_at = greatest(began_at, (select max(heard_at) from anomaly
                                                           where incident_id = incident.id))
         where id = any($1)",
        over
    )
    .execute(&mut *connection)
    .await?;
    let changes: Vec<Change> = over
        .iter()
        .map(|id| Change {
            subject: AuditSubject::Incident,
            subject_id: id.to_string(),
            action: "end",
            before: None,
            after: None,
        })
        .collect();
    audit::record(connection, Initiator::System, &changes).await
}

/// Writes which anomaly is in which incident that goes on. What was in one that
/// ended stays with it, for its history.
async fn join(
    connection: &mut PgConnection,
    folded: &[IncidentRecord],
) -> Result<BTreeSet<SiteId>, sqlx::Error> {
    let members = || {
        folded.iter().flat_map(|record| {
            record.incident.anomalies.iter().map(|anomaly| (*anomaly, record.id))
        })
    };
    let anomalies: Vec<Uuid> = members().map(|(anomaly, _)| anomaly.into()).collect();
    let incidents: Vec<Uuid> = members().map(|(_, incident)| incident.into()).collect();
    let moved = sqlx::query_scalar!(
        "with wanted as (select * from unnest($1::uuid[], $2::uuid[]) as t (anomaly_id, incident_id)),
              present as (
                  select a.id, w.incident_id as incident_id
                  from anomaly a left join wanted w on w.anomaly_id = a.id
                  where w.anomaly_id is not null
                     or a.incident_id in (select id from incident where ended_at is null)
              )
         update anomaly a set incident_id = p.incident_id
         from present p
         where a.id = p.id and a.incident_id is distinct from p.incident_id
         returning a.site_id",
        &anomalies,
        &incidents,
    )
    .fetch_all(connection)
    .await?;
    Ok(moved.into_iter().map(SiteId::from).collect())
}
