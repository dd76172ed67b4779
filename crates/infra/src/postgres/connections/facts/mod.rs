//! What vendors tell beside readings.

mod alarms;
mod devices;
mod remarks;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::connections::{
    HeardAlarms, KeptAlarm, KeptRemark, Looked, Survey, VendorFacts,
};
use greengrid_app::ingestion::vendors::VendorDevice;
use greengrid_app::live::{Notice, Topic};
use greengrid_domain::fleet::{Brand, DeviceSerial, SiteId};
use greengrid_domain::ingestion::{ConnectionId, Noted};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::postgres::failure::failed;
use crate::postgres::notify;

/// What vendors tell beside readings, in Postgres.
#[derive(Debug, Clone)]
pub struct PgVendorFacts {
    pool: PgPool,
}

impl PgVendorFacts {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }

    async fn try_looked(
        &self,
        of: &[ConnectionId],
    ) -> Result<HashMap<ConnectionId, Looked>, sqlx::Error> {
        let ids: Vec<Uuid> = of.iter().map(|id| Uuid::from(*id)).collect();
        let rows = sqlx::query!(
            r#"select connection_id, surveyed_at as "surveyed_at: jiff_sqlx::Timestamp",
                      alarms_at as "alarms_at: jiff_sqlx::Timestamp"
               from vendor_look where connection_id = any($1::uuid[])"#,
            &ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let looked = rows.into_iter().map(|row| {
            let looked = Looked {
                surveyed_at: row.surveyed_at.map(jiff_sqlx::Timestamp::to_jiff),
                alarms_at: row.alarms_at.map(jiff_sqlx::Timestamp::to_jiff),
            };
            (row.connection_id.into(), looked)
        });
        Ok(looked.collect())
    }

    async fn try_keep_survey(&self, survey: &Survey) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // Whoever disconnects the site in the meantime goes first.
        if !lock(&mut tx, survey.connection).await? {
            return Ok(());
        }
        if let Some(devices) = &survey.devices {
            devices::keep(&mut tx, survey.connection, survey.at, devices).await?;
        }
        remarks::keep(&mut tx, survey.connection, survey.at, &survey.remarks).await?;
        sqlx::query!(
            "insert into vendor_look (connection_id, surveyed_at) values ($1, $2)
             on conflict (connection_id) do update set surveyed_at = excluded.surveyed_at",
            Uuid::from(survey.connection),
            survey.at.to_sqlx() as jiff_sqlx::Timestamp,
        )
        .execute(&mut *tx)
        .await?;
        tell(&mut tx, survey.site).await?;
        tx.commit().await
    }

    async fn try_keep_remarks(
        &self,
        connection: ConnectionId,
        site: SiteId,
        at: Timestamp,
        remarks: &[Noted],
    ) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        if !lock(&mut tx, connection).await? {
            return Ok(());
        }
        if remarks::keep(&mut tx, connection, at, remarks).await? {
            tell(&mut tx, site).await?;
        }
        tx.commit().await
    }
}

/// Holds a connection until the transaction ends; false when there is none.
async fn lock(tx: &mut PgConnection, connection: ConnectionId) -> Result<bool, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "select id from connection where id = $1 for key share",
        Uuid::from(connection)
    )
    .fetch_optional(tx)
    .await?;
    Ok(found.is_some())
}

/// Tells the pages that show it.
async fn tell(tx: &mut PgConnection, site: SiteId) -> Result<(), sqlx::Error> {
    let topics = [Topic::Connections, Topic::Site(site)].map(Notice::Changed);
    notify(tx, &topics).await
}

#[async_trait]
impl VendorFacts for PgVendorFacts {
    async fn looked(
        &self,
        of: &[ConnectionId],
    ) -> Result<HashMap<ConnectionId, Looked>, StoreError> {
        self.try_looked(of).await.map_err(failed)
    }

    async fn devices(&self, of: ConnectionId) -> Result<Vec<VendorDevice>, StoreError> {
        devices::read(&self.pool, of).await
    }

    async fn inverters_in_cloud(
        &self,
        site: SiteId,
        brand: Brand,
    ) -> Result<Option<Vec<DeviceSerial>>, StoreError> {
        devices::in_cloud(&self.pool, site, brand).await
    }

    async fn keep_survey(&self, survey: &Survey) -> Result<(), StoreError> {
        self.try_keep_survey(survey).await.map_err(failed)
    }

    async fn keep_remarks(
        &self,
        connection: ConnectionId,
        site: SiteId,
        at: Timestamp,
        remarks: &[Noted],
    ) -> Result<(), StoreError> {
        self.try_keep_remarks(connection, site, at, remarks).await.map_err(failed)
    }

    async fn remarks(&self, site: Option<SiteId>) -> Result<Vec<KeptRemark>, StoreError> {
        remarks::read(&self.pool, site).await
    }

    async fn keep_alarms(&self, at: Timestamp, heard: &[HeardAlarms]) -> Result<(), StoreError> {
        alarms::keep(&self.pool, at, heard).await.map_err(failed)
    }

    async fn alarms(&self, site: SiteId, since: Timestamp) -> Result<Vec<KeptAlarm>, StoreError> {
        alarms::read(&self.pool, site, since).await
    }
}
