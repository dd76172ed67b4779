//! Webhooks and what they are told.

mod claim;
mod keep;
mod read;
#[cfg(test)]
mod tests;
mod write;

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::messages::webhooks::{
    ClaimedPost, Delivery, DeliverySummary, Post, StoredWebhook, WebhookSecret, WebhookStore,
};
use greengrid_app::messages::{Outcome, Resent};
use greengrid_domain::messages::{DeliveryId, DeliveryState, Webhook, WebhookId};
use greengrid_domain::observability::Initiator;
use jiff::SignedDuration;
use sqlx::PgPool;

use crate::Sealer;
use crate::postgres::failure::failed;

pub(in crate::postgres) use write::post;

/// Webhooks in Postgres, their secrets sealed.
#[derive(Debug, Clone)]
pub struct PgWebhookStore {
    pool: PgPool,
    sealer: Sealer,
}

impl PgWebhookStore {
    /// The store behind this pool.
    #[must_use]
    pub const fn new(pool: PgPool, sealer: Sealer) -> Self {
        Self { pool, sealer }
    }
}

#[async_trait]
impl WebhookStore for PgWebhookStore {
    async fn webhooks(&self) -> Result<Vec<StoredWebhook>, StoreError> {
        read::webhooks(&self.pool).await
    }

    async fn make(
        &self,
        by: Initiator,
        webhook: &Webhook,
        secret: &WebhookSecret,
    ) -> Result<(), StoreError> {
        let sealed = self.sealer.seal(&row(webhook.id), secret.expose())?;
        keep::make(&self.pool, by, webhook, &sealed).await.map_err(failed)
    }

    async fn switch(
        &self,
        by: Initiator,
        id: WebhookId,
        enabled: bool,
    ) -> Result<bool, StoreError> {
        keep::switch(&self.pool, by, id, enabled).await.map_err(failed)
    }

    async fn remove(&self, by: Initiator, id: WebhookId) -> Result<bool, StoreError> {
        keep::remove(&self.pool, by, id).await.map_err(failed)
    }

    async fn rotate(
        &self,
        by: Initiator,
        id: WebhookId,
        secret: &WebhookSecret,
    ) -> Result<bool, StoreError> {
        let sealed = self.sealer.seal(&row(id), secret.expose())?;
        keep::rotate(&self.pool, by, id, &sealed).await.map_err(failed)
    }

    async fn forget(&self, by: Initiator, id: WebhookId) -> Result<bool, StoreError> {
        keep::forget(&self.pool, by, id).await.map_err(failed)
    }

    async fn enqueue(&self, to: WebhookId, message: &Post) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await.map_err(failed)?;
        post(&mut tx, &[to], message).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }

    async fn claim(&self, for_: SignedDuration) -> Result<Vec<ClaimedPost>, StoreError> {
        claim::claim(&self.pool, &self.sealer, for_).await
    }

    async fn settle(&self, claimed: &ClaimedPost, outcome: &Outcome) -> Result<bool, StoreError> {
        claim::settle(&self.pool, claimed, outcome).await.map_err(failed)
    }

    async fn deliveries(
        &self,
        of: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<DeliverySummary>, StoreError> {
        read::deliveries(&self.pool, of, state, before, limit).await
    }

    async fn delivery(
        &self,
        of: WebhookId,
        id: DeliveryId,
    ) -> Result<Option<Delivery>, StoreError> {
        read::delivery(&self.pool, of, id).await
    }

    async fn resend(
        &self,
        by: Initiator,
        of: WebhookId,
        id: DeliveryId,
    ) -> Result<Resent, StoreError> {
        write::resend(&self.pool, by, of, id).await.map_err(failed)
    }
}

/// The name of a webhook's row, to which its secret is bound.
fn row(id: WebhookId) -> Vec<u8> {
    format!("webhook {id}").into_bytes()
}
