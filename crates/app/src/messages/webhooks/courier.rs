use std::sync::Arc;

use futures::{StreamExt, stream};
use jiff::SignedDuration;

use super::contracts::{ClaimedPost, WebhookGateway, WebhookStore};
use crate::error::StoreError;
use crate::messages::Outcome;
use crate::messages::postman::outcome;

/// Messages posted at the same time.
const AT_ONCE: usize = 16;

/// For how long a message that was taken up is left to whoever did: longer than
/// it takes to post all that are taken up at a time.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

/// Posts messages to webhooks. Any number may work at the same time.
#[derive(Clone, bon::Builder)]
pub struct Courier {
    store: Arc<dyn WebhookStore>,
    gateway: Arc<dyn WebhookGateway>,
}

impl Courier {
    /// Posts what is due, and returns how many were taken up. What is taken up
    /// and then lost in a crash is taken up again after a while, under the same
    /// id.
    pub async fn deliver(&self) -> Result<usize, StoreError> {
        let claimed = self.store.claim(CLAIM).await?;
        let taken = claimed.len();
        let settled: Vec<Result<(), StoreError>> = stream::iter(claimed)
            .map(|claimed| async move { self.deliver_one(&claimed).await })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        settled.into_iter().collect::<Result<(), _>>()?;
        Ok(taken)
    }

    async fn deliver_one(&self, claimed: &ClaimedPost) -> Result<(), StoreError> {
        let sent = self.gateway.post(claimed).await;
        let outcome = outcome(sent, claimed.tries, claimed.is_last);
        if !self.store.settle(claimed, &outcome).await? {
            tracing::warn!(delivery.id = %claimed.id, "a message was posted by two");
        }
        match &outcome {
            Outcome::Sent => tracing::info!(delivery.id = %claimed.id, "webhook told"),
            Outcome::Dead { .. } => {
                tracing::warn!(delivery.id = %claimed.id, "message to a webhook given up");
            }
            Outcome::Gone { .. } => {
                tracing::warn!(webhook.id = %claimed.webhook, "a webhook wants nothing any more");
            }
            _ => {}
        }
        Ok(())
    }
}
