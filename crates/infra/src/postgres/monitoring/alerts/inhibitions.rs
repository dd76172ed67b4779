use std::fmt::Display;

use greengrid_domain::fleet::RegionCode;
use greengrid_domain::monitoring::alert::{AlertChange, Inhibition, InhibitionId, Matcher};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgExecutor, PgPool};
use uuid::Uuid;

use super::changes::Changed;
use super::keep::done;
use crate::postgres::audit::Change;
use crate::postgres::monitoring::anomalies::corrupt;
use crate::postgres::monitoring::assessments::sql_time;

/// A row of `alert_inhibition`.
struct InhibitionRow {
    id: Uuid,
    why: String,
    source_kind: Option<String>,
    source_severity: Option<String>,
    source_region: Option<String>,
    source_brand: Option<String>,
    target_kind: Option<String>,
    target_severity: Option<String>,
    target_region: Option<String>,
    target_brand: Option<String>,
    equal: Vec<String>,
}

/// A word as a type of ours, where there is one.
fn word<T: std::str::FromStr>(word: Option<String>) -> Result<Option<T>, sqlx::Error>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    word.map(|word| word.parse().map_err(corrupt)).transpose()
}

impl TryFrom<InhibitionRow> for Inhibition {
    type Error = sqlx::Error;

    fn try_from(row: InhibitionRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.id.into(),
            why: row.why.parse().map_err(corrupt)?,
            source: Matcher {
                kind: word(row.source_kind)?,
                severity: word(row.source_severity)?,
                region: word(row.source_region)?,
                brand: word(row.source_brand)?,
            },
            target: Matcher {
                kind: word(row.target_kind)?,
                severity: word(row.target_severity)?,
                region: word(row.target_region)?,
                brand: word(row.target_brand)?,
            },
            equal: row
                .equal
                .iter()
                .map(|label| label.parse().map_err(corrupt))
                .collect::<Result<_, _>>()?,
        })
    }
}

/// All inhibitions.
pub(super) async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<Inhibition>, sqlx::Error> {
    sqlx::query_as!(
        InhibitionRow,
        "select id, why, source_kind, source_severity, source_region, source_brand, target_kind,
                target_severity, target_region, target_brand, equal
         from alert_inhibition where removed_at is null order by lower(why), id"
    )
    .fetch_all(executor)
    .await?
    .into_iter()
    .map(Inhibition::try_from)
    .collect()
}

pub(super) async fn keep(
    pool: &PgPool,
    by: Initiator,
    inhibition: &Inhibition,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    let before = locked(&mut tx, inhibition.id).await?;
    let (source, target) = (&inhibition.source, &inhibition.target);
    let equal: Vec<&str> = inhibition.equal.iter().map(|label| (*label).into()).collect();
    sqlx::query!(
        "insert into alert_inhibition (id, why, source_kind, source_severity, source_region,
                                       source_brand, target_kind, target_severity, target_region,
                                       target_brand, equal)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do update set
             why = excluded.why, source_kind = excluded.source_kind,
             source_severity = excluded.source_severity, source_region = excluded.source_region,
             source_brand = excluded.source_brand, target_kind = excluded.target_kind,
             target_severity = excluded.target_severity, target_region = excluded.target_region,
             target_brand = excluded.target_brand, equal = excluded.equal",
        Uuid::from(inhibition.id),
        inhibition.why.as_str(),
        source.kind.map(<&str>::from),
        source.severity.map(<&str>::from),
        source.region.as_ref().map(RegionCode::as_str),
        source.brand.map(<&str>::from),
        target.kind.map(<&str>::from),
        target.severity.map(<&str>::from),
        target.region.as_ref().map(RegionCode::as_str),
        target.brand.map(<&str>::from),
        &equal as &[&str],
    )
    .execute(&mut *tx)
    .await?;
    if before.is_some() {
        look_again(&mut tx, at).await?;
    }
    let change = Change {
        subject: AuditSubject::AlertInhibition,
        subject_id: inhibition.id.to_string(),
        action: if before.is_some() { "change_inhibition" } else { "make_inhibition" },
        before: before.as_ref().map(audited),
        after: Some(audited(inhibition)),
    };
    let event = match before {
        Some(_) => AlertChange::InhibitionChanged,
        None => AlertChange::InhibitionMade,
    };
    done(tx, by, change, &changed(inhibition, event, at)).await
}

/// The inhibition as it is, held until the transaction ends.
async fn locked(
    connection: &mut PgConnection,
    id: InhibitionId,
) -> Result<Option<Inhibition>, sqlx::Error> {
    sqlx::query_as!(
        InhibitionRow,
        "select id, why, source_kind, source_severity, source_region, source_brand, target_kind,
                target_severity, target_region, target_brand, equal
         from alert_inhibition where id = $1 and removed_at is null for update",
        Uuid::from(id)
    )
    .fetch_optional(connection)
    .await?
    .map(Inhibition::try_from)
    .transpose()
}

pub(super) async fn remove(
    pool: &PgPool,
    by: Initiator,
    id: InhibitionId,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(before) = locked(&mut tx, id).await? else { return Ok(false) };
    sqlx::query!(
        "update alert_inhibition set removed_at = $2 where id = $1",
        Uuid::from(id),
        sql_time(at) as _,
    )
    .execute(&mut *tx)
    .await?;
    look_again(&mut tx, at).await?;
    let change = Change {
        subject: AuditSubject::AlertInhibition,
        subject_id: id.to_string(),
        action: "remove_inhibition",
        before: Some(audited(&before)),
        after: None,
    };
    done(tx, by, change, &changed(&before, AlertChange::InhibitionRemoved, at)).await?;
    Ok(true)
}

/// Has what inhibitions kept quiet looked at anew.
async fn look_again(connection: &mut PgConnection, at: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update alert_notice set due_at = $1 where state = 'held' and why = 'inhibited'",
        sql_time(at) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn changed(inhibition: &Inhibition, event: AlertChange, at: Timestamp) -> Changed<'_> {
    Changed { at, event, what: inhibition.why.as_str(), why: None, region: None }
}

/// An inhibition as the audit trail keeps it.
fn audited(inhibition: &Inhibition) -> Value {
    let equal: Vec<&str> = inhibition.equal.iter().map(|label| (*label).into()).collect();
    json!({
        "why": inhibition.why.as_str(),
        "source": side(&inhibition.source),
        "target": side(&inhibition.target),
        "equal": equal,
    })
}

fn side(matcher: &Matcher) -> Value {
    fn text<T: Display>(value: Option<&T>) -> Option<String> {
        value.map(ToString::to_string)
    }
    json!({
        "kind": text(matcher.kind.as_ref()),
        "severity": text(matcher.severity.as_ref()),
        "region": text(matcher.region.as_ref()),
        "brand": text(matcher.brand.as_ref()),
    })
}
