use async_trait::async_trait;
use greengrid_domain::messages::{DeliveryId, DeliveryState, Webhook, WebhookId, WebhookUrl};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};

use super::post::{Post, PostKind};
use super::secret::WebhookSecret;
use crate::error::StoreError;
use crate::messages::{NotSent, Outcome, Resent};

/// A webhook with how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// When it was made.
    pub made_at: Timestamp,
    /// Until when the secret that it had before signs beside the present one.
    pub old_secret_until: Option<Timestamp>,
    /// When its receiver said that it wants nothing any more; since then it is
    /// told nothing.
    pub gone_at: Option<Timestamp>,
    /// When it last took a message.
    pub took_at: Option<Timestamp>,
    /// Messages that wait for it.
    pub waiting: i64,
    /// Messages it never took.
    pub dead: i64,
    /// Alert rules that tell it.
    pub rules: i64,
}

/// A message that somebody took up to post it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedPost {
    /// Which.
    pub id: DeliveryId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// The same with every try.
    pub message_id: String,
    /// How often it has been taken up, this time included.
    pub tries: u32,
    /// Whether a failure is the last.
    pub is_last: bool,
    /// Where to.
    pub url: WebhookUrl,
    /// What signs it: the present secret, and for a while the one before.
    pub secrets: Vec<WebhookSecret>,
    /// What to post.
    pub body: String,
}

/// A message as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySummary {
    /// Which.
    pub id: DeliveryId,
    /// What happened.
    pub kind: PostKind,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was taken up.
    pub tries: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it is tried next, while it waits.
    pub next_try_at: Timestamp,
    /// When it was taken or given up.
    pub settled_at: Option<Timestamp>,
    /// What went wrong the last time.
    pub last_error: Option<String>,
}

/// A message, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What the log shows of it.
    pub summary: DeliverySummary,
    /// The same with every try.
    pub message_id: String,
    /// What is posted.
    pub body: String,
}

/// Keeps webhooks and what they are told, by the clock of the store. What they
/// are told is written by whoever changes what it tells of, in the transaction
/// that does so; [`enqueue`](Self::enqueue) is for those who have none.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// All webhooks, by name.
    async fn webhooks(&self) -> Result<Vec<StoredWebhook>, StoreError>;
    /// Keeps a new webhook and seals its secret, with an audit entry.
    async fn make(
        &self,
        by: Initiator,
        webhook: &Webhook,
        secret: &WebhookSecret,
    ) -> Result<(), StoreError>;
    /// Has a webhook told, or not for now, with an audit entry. Returns whether
    /// there is one.
    async fn switch(&self, by: Initiator, id: WebhookId, enabled: bool)
    -> Result<bool, StoreError>;
    /// Gives a webhook a new secret, with an audit entry; the one it had signs
    /// beside it for [`greengrid_domain::messages::OVERLAP`]. Returns whether
    /// there is one.
    async fn rotate(
        &self,
        by: Initiator,
        id: WebhookId,
        secret: &WebhookSecret,
    ) -> Result<bool, StoreError>;
    /// Ends that while, with an audit entry. Returns whether there is one.
    async fn forget(&self, by: Initiator, id: WebhookId) -> Result<bool, StoreError>;
    /// Takes a webhook away and gives up what waits for it, with an audit
    /// entry. Returns whether there was one.
    async fn remove(&self, by: Initiator, id: WebhookId) -> Result<bool, StoreError>;
    /// Writes a message for a webhook, unless its key is known.
    async fn enqueue(&self, to: WebhookId, post: &Post) -> Result<(), StoreError>;
    /// Takes up messages that are due, so that for so long nobody else does: of
    /// each webhook a few, so that one that hangs does not hold up the others.
    async fn claim(&self, for_: SignedDuration) -> Result<Vec<ClaimedPost>, StoreError>;
    /// Notes what came of a message that was taken up. Returns false, and notes
    /// nothing, when somebody else took it up since. A receiver that wants
    /// nothing any more is switched off, with an audit entry.
    async fn settle(&self, claimed: &ClaimedPost, outcome: &Outcome) -> Result<bool, StoreError>;
    /// Messages of a webhook, newest first, of one state unless of all, older
    /// than `before`; at most `limit`.
    async fn deliveries(
        &self,
        of: WebhookId,
        state: Option<DeliveryState>,
        before: Option<DeliveryId>,
        limit: i64,
    ) -> Result<Vec<DeliverySummary>, StoreError>;
    /// One message of a webhook.
    async fn delivery(&self, of: WebhookId, id: DeliveryId)
    -> Result<Option<Delivery>, StoreError>;
    /// Has a message that is dead posted after all, under its old id, with an
    /// audit entry.
    async fn resend(
        &self,
        by: Initiator,
        of: WebhookId,
        id: DeliveryId,
    ) -> Result<Resent, StoreError>;
}

/// Posts messages to other programs.
#[async_trait]
pub trait WebhookGateway: Send + Sync {
    /// Posts a message. Whoever answers with a status of 200 to 299 took it.
    async fn post(&self, post: &ClaimedPost) -> Result<(), NotSent>;
}
