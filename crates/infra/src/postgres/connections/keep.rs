//! Credentials on their way into their rows, sealed.

use greengrid_app::ingestion::connections::NewCredential;
use greengrid_app::ingestion::vendors::Credentials;
use greengrid_domain::ingestion::{CredentialId, Ledger, Quota};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sealed;
use crate::vendors::Sealer;

/// Enters a new one; nothing happens where its name is taken.
pub(crate) async fn insert(
    tx: &mut PgConnection,
    sealer: &Sealer,
    new: &NewCredential,
) -> Result<bool, sqlx::Error> {
    let (ledger, [per_minute, per_day, per_month]) = (Ledger::new(new.at), limits(new.quota));
    let added = sqlx::query!(
        "insert into vendor_credential
             (id, brand, name, sealed, per_minute, per_day, per_month, paid_at, spent_day,
              approved_until, given_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict do nothing",
        Uuid::from(new.id),
        <&str>::from(new.brand),
        new.name,
        seal(sealer, new.id, &new.credentials)?,
        per_minute,
        per_day,
        per_month,
        ledger.paid_at.to_sqlx() as jiff_sqlx::Timestamp,
        ledger.day.to_sqlx() as jiff_sqlx::Date,
        approved_until(&new.credentials) as Option<jiff_sqlx::Timestamp>,
        new.at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(added.rows_affected() > 0)
}

/// Puts another in the place of one.
pub(crate) async fn replace(
    tx: &mut PgConnection,
    sealer: &Sealer,
    id: CredentialId,
    credentials: &Credentials,
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update vendor_credential set sealed = $2, approved_until = $3, given_at = $4
         where id = $1",
        Uuid::from(id),
        seal(sealer, id, credentials)?,
        approved_until(credentials) as Option<jiff_sqlx::Timestamp>,
        at.to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A quota as its columns: in a minute, on a day, in a month.
pub(super) fn limits(quota: Quota) -> [Option<i32>; 3] {
    [Some(quota.per_minute), quota.per_day, quota.per_month]
        .map(|limit| limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
}

fn seal(
    sealer: &Sealer,
    id: CredentialId,
    credentials: &Credentials,
) -> Result<Vec<u8>, sqlx::Error> {
    sealed::seal(sealer, id, credentials).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// When the owner has to approve again, where these end.
fn approved_until(credentials: &Credentials) -> Option<jiff_sqlx::Timestamp> {
    credentials.tokens().map(|tokens| tokens.refresh_until.to_sqlx())
}
