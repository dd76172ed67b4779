use std::sync::Arc;

use greengrid_domain::messages::{
    DeliveryId, DeliveryState, Webhook, WebhookId, WebhookName, WebhookUrl, WebhookUrlError,
};
use greengrid_domain::network::Networks;

use super::contracts::{Delivery, DeliverySummary, StoredWebhook, WebhookStore};
use super::post::{Post, PostKind};
use super::secret::WebhookSecret;
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::ids::Ids;
use crate::messages::Resent;

/// What people can see of webhooks, and do about them.
#[derive(Clone, bon::Builder)]
pub struct Webhooks {
    store: Arc<dyn WebhookStore>,
    ids: Arc<dyn Ids>,
    /// The time of the world.
    wall: Arc<dyn Clock>,
    /// Networks of our own, to which messages may go although they are not on
    /// the open internet.
    #[builder(default)]
    own: Networks,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum WebhooksError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such webhook, or no such message.
    #[error("there is no such webhook")]
    NoSuchWebhook,
    /// Nothing would ever be posted there.
    #[error(transparent)]
    Url(#[from] WebhookUrlError),
    /// Only what is given up can be sent again.
    #[error("this message waits to be sent, or was taken")]
    NotNow,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Webhooks {
    /// All webhooks.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<StoredWebhook>, WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        Ok(self.store.webhooks().await?)
    }

    /// Makes a webhook. Its secret is given back this once.
    pub async fn make(
        &self,
        actor: &Actor,
        name: WebhookName,
        url: WebhookUrl,
    ) -> Result<(Webhook, WebhookSecret), WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        let url = url.check(&self.own)?;
        let webhook = Webhook { id: self.ids.uuid().into(), name, url, enabled: true };
        let secret = WebhookSecret::fresh()?;
        self.store.make(actor.initiator(), &webhook, &secret).await?;
        Ok((webhook, secret))
    }

    /// Has a webhook told, or not for now.
    pub async fn switch(
        &self,
        actor: &Actor,
        id: WebhookId,
        enabled: bool,
    ) -> Result<(), WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        known(self.store.switch(actor.initiator(), id, enabled).await?)
    }

    /// Takes a webhook away.
    pub async fn remove(&self, actor: &Actor, id: WebhookId) -> Result<(), WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        known(self.store.remove(actor.initiator(), id).await?)
    }

    /// Gives a webhook a new secret, which is given back this once.
    pub async fn rotate(
        &self,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<WebhookSecret, WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        let secret = WebhookSecret::fresh()?;
        known(self.store.rotate(actor.initiator(), id, &secret).await?)?;
        Ok(secret)
    }

    /// Has the secret that a webhook had before sign nothing any more.
    pub async fn forget(&self, actor: &Actor, id: WebhookId) -> Result<(), WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        known(self.store.forget(actor.initiator(), id).await?)
    }

    /// Tells a webhook that this is a test.
    pub async fn test(&self, actor: &Actor, id: WebhookId) -> Result<(), WebhooksError> {
        let webhook = self.webhook(actor, id).await?.webhook;
        let post = Post {
            key: format!("test:{}", self.ids.uuid()).into(),
            kind: PostKind::Test,
            body: format!(
                r#"{{"type":"{}","timestamp":"{}","data":{{"webhook":"{}"}}}}"#,
                PostKind::Test,
                self.wall.now(),
                webhook.id
            ),
        };
        Ok(self.store.enqueue(id, &post).await?)
    }

    /// One webhook.
    pub async fn webhook(
        &self,
        actor: &Actor,
        id: WebhookId,
    ) -> Result<StoredWebhook, WebhooksError> {
        let found = self.list(actor).await?.into_iter().find(|stored| stored.webhook.id == id);
        found.ok_or(WebhooksError::NoSuchWebhook)
    }

    /// What a webhook was told, newest first.
    pub async fn deliveries(
        &self,
        actor: &Actor,
        of: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<DeliverySummary>, WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        Ok(self.store.deliveries(of, state, before, limit).await?)
    }

    /// One message.
    pub async fn delivery(
        &self,
        actor: &Actor,
        of: WebhookId,
        id: DeliveryId,
    ) -> Result<Delivery, WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        self.store.delivery(of, id).await?.ok_or(WebhooksError::NoSuchWebhook)
    }

    /// Posts a message that was given up.
    pub async fn resend(
        &self,
        actor: &Actor,
        of: WebhookId,
        id: DeliveryId,
    ) -> Result<(), WebhooksError> {
        actor.require(Permission::ManageAlerts)?;
        match self.store.resend(actor.initiator(), of, id).await? {
            Resent::Done => Ok(()),
            Resent::NotNow => Err(WebhooksError::NotNow),
            Resent::NoSuchLetter => Err(WebhooksError::NoSuchWebhook),
        }
    }
}

fn known(known: bool) -> Result<(), WebhooksError> {
    if known { Ok(()) } else { Err(WebhooksError::NoSuchWebhook) }
}
