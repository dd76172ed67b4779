//! What an administrator does with credentials.

use greengrid_app::identity::Changed;
use greengrid_app::ingestion::connections::{Added, NewCredential, Removed};
use greengrid_app::ingestion::vendors::Credentials;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::ingestion::{CredentialId, Quota};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::keep;
use crate::postgres::audit::{self, Change};
use crate::postgres::notify;
use crate::vendors::Sealer;

pub(super) async fn add(
    pool: &PgPool,
    sealer: &Sealer,
    by: Initiator,
    new: &NewCredential,
) -> Result<Added, sqlx::Error> {
    let mut tx = pool.begin().await?;
    if !keep::insert(&mut tx, sealer, new).await? {
        return Ok(Added::Taken);
    }
    let after = json!({ "name": new.name, "brand": new.brand.to_string() });
    changed(&mut tx, by, new.id, "add_credential", None, Some(after)).await?;
    tx.commit().await?;
    Ok(Added::Done)
}

pub(super) async fn replace(
    pool: &PgPool,
    sealer: &Sealer,
    by: Initiator,
    id: CredentialId,
    credentials: &Credentials,
    at: Timestamp,
) -> Result<Changed, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(name) = held(&mut tx, id).await? else { return Ok(Changed::Missing) };
    keep::replace(&mut tx, sealer, id, credentials, at).await?;
    let at: jiff_sqlx::Timestamp = at.to_sqlx();
    // Whatever stopped the old one need not stop this.
    sqlx::query!(
        "update vendor_incident set probe_at = least(probe_at, $2)
         where credential_id = $1 and ended_at is null",
        Uuid::from(id),
        at as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "update connection set next_run_at = least(next_run_at, $2) where credential_id = $1",
        Uuid::from(id),
        at as jiff_sqlx::Timestamp,
    )
    .execute(&mut *tx)
    .await?;
    changed(&mut tx, by, id, "replace_credential", None, Some(json!({ "name": name }))).await?;
    tx.commit().await?;
    Ok(Changed::Done)
}

pub(super) async fn change_quota(
    pool: &PgPool,
    by: Initiator,
    id: CredentialId,
    quota: Quota,
) -> Result<Changed, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let before = sqlx::query!(
        "select per_minute, per_day, per_month from vendor_credential where id = $1 for update",
        Uuid::from(id)
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(before) = before else { return Ok(Changed::Missing) };
    let before = [Some(before.per_minute), before.per_day, before.per_month];
    let after = keep::limits(quota);
    if before == after {
        return Ok(Changed::AlreadySo);
    }
    let [per_minute, per_day, per_month] = after;
    sqlx::query!(
        "update vendor_credential set per_minute = $2, per_day = $3, per_month = $4 where id = $1",
        Uuid::from(id),
        per_minute,
        per_day,
        per_month,
    )
    .execute(&mut *tx)
    .await?;
    let told = |[per_minute, per_day, per_month]: [Option<i32>; 3]| json!({ "per_minute": per_minute, "per_day": per_day, "per_month": per_month });
    changed(&mut tx, by, id, "change_plan", Some(told(before)), Some(told(after))).await?;
    tx.commit().await?;
    Ok(Changed::Done)
}

pub(super) async fn remove(
    pool: &PgPool,
    by: Initiator,
    id: CredentialId,
) -> Result<Removed, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let Some(name) = held(&mut tx, id).await? else { return Ok(Removed::Missing) };
    let needed = sqlx::query_scalar!(
        r#"select exists(select from connection where credential_id = $1)
               or exists(select from onboarding_case where credential_id = $1) as "needed!""#,
        Uuid::from(id)
    )
    .fetch_one(&mut *tx)
    .await?;
    if needed {
        return Ok(Removed::InUse);
    }
    sqlx::query!("delete from vendor_credential where id = $1", Uuid::from(id))
        .execute(&mut *tx)
        .await?;
    changed(&mut tx, by, id, "remove_credential", Some(json!({ "name": name })), None).await?;
    tx.commit().await?;
    Ok(Removed::Done)
}

/// The name of one, which nobody else changes until the transaction ends.
async fn held(tx: &mut PgConnection, id: CredentialId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select name from vendor_credential where id = $1 for update",
        Uuid::from(id)
    )
    .fetch_optional(tx)
    .await
}

async fn changed(
    tx: &mut PgConnection,
    by: Initiator,
    id: CredentialId,
    action: &'static str,
    before: Option<Value>,
    after: Option<Value>,
) -> Result<(), sqlx::Error> {
    let subject_id = id.to_string();
    let change = Change { subject: AuditSubject::Connection, subject_id, action, before, after };
    audit::record(tx, by, &[change]).await?;
    notify(tx, &[Notice::Changed(Topic::Connections)]).await
}
