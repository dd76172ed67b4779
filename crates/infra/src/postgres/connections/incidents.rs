use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{Reach, VendorIncident, VendorIncidentStore};
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::ingestion::{Breaker, ConnectionId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use uuid::Uuid;

use super::PgConnectionStore;
use crate::postgres::failure::failed;
use crate::postgres::notify;

/// A row of `vendor_incident`.
struct IncidentRow {
    brand: String,
    credential_id: Option<Uuid>,
    cause: String,
    said: Option<String>,
    since: jiff_sqlx::Timestamp,
    failures: i32,
    probe_at: jiff_sqlx::Timestamp,
    ended_at: Option<jiff_sqlx::Timestamp>,
    struck: i32,
}

impl TryFrom<IncidentRow> for VendorIncident {
    type Error = StoreError;

    fn try_from(row: IncidentRow) -> Result<Self, StoreError> {
        Ok(Self {
            reach: Reach {
                brand: row.brand.parse().map_err(StoreError::new)?,
                credential: row.credential_id.map(Into::into),
            },
            breaker: Breaker {
                cause: row.cause.parse().map_err(StoreError::new)?,
                since: row.since.to_jiff(),
                failures: u32::try_from(row.failures).unwrap_or(0),
                probe_at: row.probe_at.to_jiff(),
            },
            said: row.said,
            ended: row.ended_at.map(jiff_sqlx::Timestamp::to_jiff),
            struck: u32::try_from(row.struck).unwrap_or(0),
        })
    }
}

impl PgConnectionStore {
    async fn try_keep(&self, incident: &VendorIncident) -> Result<(), sqlx::Error> {
        let VendorIncident { reach, breaker, .. } = incident;
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "insert into vendor_incident
                 (brand, credential_id, cause, said, since, failures, probe_at)
             values ($1, $2, $3, $4, $5, $6, $7)
             on conflict (brand, coalesce(credential_id, '00000000-0000-0000-0000-000000000000'))
                 where ended_at is null
             do update set cause = excluded.cause, said = excluded.said,
                 failures = excluded.failures, probe_at = excluded.probe_at",
            <&str>::from(reach.brand),
            reach.credential.map(Uuid::from),
            <&str>::from(breaker.cause),
            incident.said,
            breaker.since.to_sqlx() as jiff_sqlx::Timestamp,
            i32::try_from(breaker.failures).unwrap_or(i32::MAX),
            breaker.probe_at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        tx.commit().await
    }

    async fn try_end(&self, reach: Reach, at: Timestamp) -> Result<(), sqlx::Error> {
        let (brand, credential) = (<&str>::from(reach.brand), reach.credential.map(Uuid::from));
        let mut tx = self.pool.begin().await?;
        let ended = sqlx::query_scalar!(
            "update vendor_incident set ended_at = $3
             where ended_at is null and brand = $1 and credential_id is not distinct from $2
             returning id",
            brand,
            credential,
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(ended) = ended else { return Ok(()) };
        let struck = sqlx::query!(
            "update connection set next_run_at = least(next_run_at, $3)
             where brand = $1 and ($2::uuid is null or credential_id = $2)
               and credential_id is not null and failures > 0 and not paused",
            brand,
            credential,
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "update vendor_incident set struck = $2 where id = $1",
            ended,
            // With the one whose success ended it.
            i32::try_from(struck.rows_affected() + 1).unwrap_or(i32::MAX),
        )
        .execute(&mut *tx)
        .await?;
        notify(&mut tx, &[Notice::Changed(Topic::Connections)]).await?;
        tx.commit().await
    }
}

#[async_trait]
impl VendorIncidentStore for PgConnectionStore {
    async fn open(&self) -> Result<Vec<VendorIncident>, StoreError> {
        let rows = sqlx::query_as!(
            IncidentRow,
            r#"select brand, credential_id, cause, said, since as "since: jiff_sqlx::Timestamp",
                      failures, probe_at as "probe_at: jiff_sqlx::Timestamp",
                      ended_at as "ended_at: jiff_sqlx::Timestamp", struck
               from vendor_incident where ended_at is null order by since, id"#
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(VendorIncident::try_from).collect()
    }

    async fn ended_since(&self, since: Timestamp) -> Result<Vec<VendorIncident>, StoreError> {
        let rows = sqlx::query_as!(
            IncidentRow,
            r#"select brand, credential_id, cause, said, since as "since: jiff_sqlx::Timestamp",
                      failures, probe_at as "probe_at: jiff_sqlx::Timestamp",
                      ended_at as "ended_at: jiff_sqlx::Timestamp", struck
               from vendor_incident where ended_at >= $1 order by ended_at desc limit 50"#,
            since.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .fetch_all(&self.pool)
        .await
        .map_err(failed)?;
        rows.into_iter().map(VendorIncident::try_from).collect()
    }

    async fn keep(&self, incident: &VendorIncident) -> Result<(), StoreError> {
        self.try_keep(incident).await.map_err(failed)
    }

    async fn end(&self, reach: Reach, at: Timestamp) -> Result<(), StoreError> {
        self.try_end(reach, at).await.map_err(failed)
    }

    async fn admit(&self, connection: ConnectionId, at: Timestamp) -> Result<(), StoreError> {
        sqlx::query!(
            "update vendor_incident i set probe_at = least(i.probe_at, $2)
             from connection c
             where c.id = $1 and i.ended_at is null and i.brand = c.brand
               and (i.credential_id is null or i.credential_id = c.credential_id)",
            Uuid::from(connection),
            at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&self.pool)
        .await
        .map_err(failed)?;
        Ok(())
    }
}
