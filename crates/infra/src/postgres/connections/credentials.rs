use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{
    Added, Credential, CredentialStore, NewCredential, Usage,
};
use greengrid_app::ingestion::vendors::{Calls, Credentials, OAuthTokens};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::ingestion::{ConnectionId, CredentialId, Grant, Ledger};
use greengrid_domain::observability::{AuditSubject, Initiator};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use jiff_sqlx::ToSqlx;
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::rows::CredentialRow;
use super::sealed;
use crate::postgres::audit::{self, Change};
use crate::postgres::failure::failed;
use crate::postgres::notify;
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

    async fn try_add(
        &self,
        by: Initiator,
        new: &NewCredential,
        sealed: &[u8],
    ) -> Result<Added, sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        let ledger = Ledger::new(new.at);
        let added = sqlx::query!(
            "insert into vendor_credential
                 (id, brand, name, sealed, per_minute, per_day, per_month, paid_at, spent_day,
                  approved_until)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict do nothing",
            Uuid::from(new.id),
            <&str>::from(new.brand),
            new.name,
            sealed,
            i32::try_from(new.quota.per_minute).unwrap_or(i32::MAX),
            new.quota.per_day.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)),
            new.quota.per_month.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)),
            ledger.paid_at.to_sqlx() as jiff_sqlx::Timestamp,
            ledger.day.to_sqlx() as jiff_sqlx::Date,
            approved_until(&new.credentials) as Option<jiff_sqlx::Timestamp>,
        )
        .execute(&mut *tx)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(Added::Taken);
        }
        let change = Change {
            subject: AuditSubject::Connection,
            subject_id: new.id.to_string(),
            action: "add_credential",
            before: None,
            after: Some(json!({ "name": new.name, "brand": new.brand.to_string() })),
        };
        audit::record(&mut tx, by, &[change]).await?;
        notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        tx.commit().await?;
        Ok(Added::Done)
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
                      approved_until as "approved_until: jiff_sqlx::Timestamp"
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

/// When the owner has to approve again, where these end.
pub(crate) fn approved_until(credentials: &Credentials) -> Option<jiff_sqlx::Timestamp> {
    credentials.tokens().map(|tokens| tokens.refresh_until.to_sqlx())
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
                      approved_until as "approved_until: jiff_sqlx::Timestamp"
               from vendor_credential order by brand, name"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(Credential::try_from).collect()
    }

    async fn add(&self, by: Initiator, new: NewCredential) -> Result<Added, StoreError> {
        let sealed = sealed::seal(&self.sealer, new.id, &new.credentials)?;
        self.try_add(by, &new, &sealed).await.map_err(failed)
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
