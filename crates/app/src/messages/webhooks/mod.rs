//! Programs that are told what people are told by letter, by signed requests
//! after the Standard Webhooks specification.

mod contracts;
mod courier;
mod post;
mod secret;
mod service;
#[cfg(test)]
mod tests;

pub use contracts::{
    ClaimedPost, Delivery, DeliverySummary, StoredWebhook, WebhookGateway, WebhookStore,
};
pub use courier::Courier;
pub use post::{Post, PostKind};
pub use secret::{WebhookSecret, WebhookSecretError, signatures};
pub use service::{Webhooks, WebhooksError};
