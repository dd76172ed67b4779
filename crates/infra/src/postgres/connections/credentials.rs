use std::collections::HashSet;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::identity::Changed;
use greengrid_app::ingestion::connections::{
    Added, Credential, CredentialStore, NewCredential, Removed, Usage,
};
use greengrid_app::ingestion::vendors::{Calls, Credentials, OAuthTokens};
use greengrid_domain::ingestion::{ConnectionId, CredentialId, Grant, Ledger, Quota};
use greengrid_domain::observability::Initiator;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::CredentialRow;
use super::{keys, sealed};
use crate::postgres::failure::failed;
use crate::vendors::Sealer;

/// What opens the interfaces of vendors, sealed in Postgres.
#[derive(Debug, Clone)]
pub struct PgCredentialStore {
    pool: PgPool,
    sealer: Sealer,
}

impl PgCredentialStore {
    /// The store behind this pool, sealed by this.
    #[must_use]
    pub const fn new(pool: PgPool, sealer: Sealer) -> Self {
        Self { pool, sealer }
    }

    async fn try_spend(
        &self,
        id: CredentialId,
        by: Option<ConnectionId>,
        calls: Calls,
        now: Timestamp,
        urgent: bool,
    ) -> Result<Grant, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let row = sqlx::query_as!(
            CredentialRow,
            r#"select id, brand, name, per_minute, per_day, per_month,
                      paid_at as "paid_at: jiff_sqlx::Timestamp",
                      spent_day as "spent_day: jiff_sqlx::Date", spent_today, spent_month,
                      approved_until as "approved_until: jiff_sqlx::Timestamp",
                      given_at as "given_at: jiff_sqlx::Timestamp"
               from vendor_credential where id = $1 for update"#,
            Uuid::from(id)
        )
        .fetch_one(&mut *tx)
        .await?;
        let (mut ledger, quota) = (row.ledger(), row.quota());
        for _ in 0..calls.requests {
            match ledger.take(quota, now, urgent) {
                Grant::Granted(with) => ledger = with,
                refused => return Ok(refused),
            }
        }
        enter(&mut tx, id, &ledger).await?;
        sqlx::query!(
            "insert into vendor_usage (credential_id, connection_id, day, requests, points)
             values ($1, $2, $3, $4, $5)
             on conflict on constraint vendor_usage_key do update
             set requests = vendor_usage.requests + excluded.requests,
                 points = vendor_usage.points + excluded.points",
            Uuid::from(id),
            by.map(Uuid::from),
            ledger.day.to_sqlx() as jiff_sqlx::Date,
            i32::try_from(calls.requests).unwrap_or(i32::MAX),
            i64::from(calls.points),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Grant::Granted(ledger))
    }
}

async fn enter(
    tx: &mut PgConnection,
    id: CredentialId,
    ledger: &Ledger,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update vendor_credential
         set paid_at = $2, spent_day = $3, spent_today = $4, spent_month = $5
         where id = $1",
        Uuid::from(id),
        ledger.paid_at.to_sqlx() as jiff_sqlx::Timestamp,
        ledger.day.to_sqlx() as jiff_sqlx::Date,
        i32::try_from(ledger.today).unwrap_or(i32::MAX),
        i32::try_from(ledger.this_month).unwrap_or(i32::MAX),
    )
    .execute(tx)
    .await?;
    Ok(())
}

#[async_trait]
impl CredentialStore for PgCredentialStore {
    async fn all(&self) -> Result<Vec<Credential>, StoreError> {
        let rows = sqlx::query_as!(
            CredentialRow,
            r#"select id, brand, name, per_minute, per_day, per_month,
                      paid_at as "paid_at: jiff_sqlx::Timestamp",
                      spent_day as "spent_day: jiff_sqlx::Date", spent_today, spent_month,
                      approved_until as "approved_until: jiff_sqlx::Timestamp",
                      given_at as "given_at: jiff_sqlx::Timestamp"
               from vendor_credential order by brand, name"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(Credential::try_from).collect()
    }

    async fn add(&self, by: Initiator, new: NewCredential) -> Result<Added, StoreError> {
        keys::add(&self.pool, &self.sealer, by, &new).await.map_err(failed)
    }

    async fn replace(
        &self,
        by: Initiator,
        id: CredentialId,
        credentials: Credentials,
        at: Timestamp,
    ) -> Result<Changed, StoreError> {
        keys::replace(&self.pool, &self.sealer, by, id, &credentials, at).await.map_err(failed)
    }

    async fn change_quota(
        &self,
        by: Initiator,
        id: CredentialId,
        quota: Quota,
    ) -> Result<Changed, StoreError> {
        keys::change_quota(&self.pool, by, id, quota).await.map_err(failed)
    }

    async fn in_cases(&self) -> Result<HashSet<CredentialId>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"select distinct credential_id as "id!" from onboarding_case
               where credential_id is not null"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        Ok(ids.into_iter().map(CredentialId::from).collect())
    }

    async fn remove(&self, by: Initiator, id: CredentialId) -> Result<Removed, StoreError> {
        keys::remove(&self.pool, by, id).await.map_err(failed)
    }

    async fn open(&self, id: CredentialId) -> Result<Option<Credentials>, StoreError> {
        let sealed = sqlx::query_scalar!(
            "select sealed from vendor_credential where id = $1",
            Uuid::from(id)
        )
        .fetch_optional(&self.pool)
        .await
        .map_err(failed)?;
        sealed.map_or(Ok(None), |sealed| sealed::open(&self.sealer, id, &sealed))
    }

    async fn rotate(
        &self,
        id: CredentialId,
        spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        let row = sqlx::query_scalar!(
            "select sealed from vendor_credential where id = $1 for update",
            Uuid::from(id)
        )
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
        let unreadable = || StoreError::new("sealed under another secret");
        let held = sealed::open(&self.sealer, id, &row)?.ok_or_else(unreadable)?;
        let in_force = held.tokens().cloned().ok_or_else(unreadable)?;
        // Somebody else has rotated: their pair is the one in force.
        if in_force.refresh != spent.refresh {
            return Ok(in_force);
        }
        let sealed = sealed::seal(&self.sealer, id, &held.with_tokens(fresh.clone()))?;
        sqlx::query!(
            "update vendor_credential set sealed = $2, approved_until = $3 where id = $1",
            Uuid::from(id),
            sealed,
            fresh.refresh_until.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(fresh)
    }

    async fn spend(
        &self,
        id: CredentialId,
        by: Option<ConnectionId>,
        calls: Calls,
        now: Timestamp,
        urgent: bool,
    ) -> Result<Grant, StoreError> {
        self.try_spend(id, by, calls, now, urgent).await.map_err(failed)
    }

    async fn usage(&self, month_of: Timestamp) -> Result<Vec<Usage>, StoreError> {
        let day = month_of.to_zoned(TimeZone::UTC).date();
        let rows = sqlx::query!(
            r#"select credential_id, connection_id, sum(requests) as "requests!",
                      sum(points)::bigint as "points!"
               from vendor_usage
               where day between $1 and $2
               group by credential_id, connection_id
               order by 3 desc"#,
            day.first_of_month().to_sqlx() as jiff_sqlx::Date,
            day.last_of_month().to_sqlx() as jiff_sqlx::Date,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(rows
            .into_iter()
            .map(|row| Usage {
                credential: row.credential_id.into(),
                connection: row.connection_id.map(ConnectionId::from),
                requests: count(row.requests),
                points: count(row.points),
            })
            .collect())
    }
}
