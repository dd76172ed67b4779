//! How the broker does whose messages are taken as readings.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;

/// How often it is noted that messages come.
const NOTED: SignedDuration = SignedDuration::from_mins(1);

/// The connection to the broker at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerNote {
    /// Whether we hear what is published.
    pub connected: bool,
    /// What is wrong, as a clause for people.
    pub said: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How the broker does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerStanding {
    /// Whether we hear what is published.
    pub connected: bool,
    /// Since when that is so.
    pub since: Timestamp,
    /// What is wrong, as a clause for people.
    pub said: Option<String>,
    /// When a message last came.
    pub heard_at: Option<Timestamp>,
}

/// Keeps how the broker does, for all instances.
#[async_trait]
pub trait BrokerStore: Send + Sync {
    /// Notes how it does, and tells the pages when that is new.
    async fn note(&self, note: &BrokerNote) -> Result<(), StoreError>;
    /// Notes that messages came.
    async fn heard(&self, at: Timestamp) -> Result<(), StoreError>;
    /// How it does; none where there never was one.
    async fn standing(&self) -> Result<Option<BrokerStanding>, StoreError>;
}

/// Why the standing of the broker is not told.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How the broker does. Clones share what they noted last.
#[derive(Clone)]
pub struct Broker {
    store: Arc<dyn BrokerStore>,
    heard: Arc<Mutex<Option<Timestamp>>>,
}

impl Broker {
    /// What this store knows.
    #[must_use]
    pub fn new(store: Arc<dyn BrokerStore>) -> Self {
        Self { store, heard: Arc::default() }
    }

    /// Notes how it does.
    pub async fn note(&self, note: &BrokerNote) -> Result<(), StoreError> {
        self.store.note(note).await
    }

    /// Notes that messages came, at most once a minute.
    pub async fn heard(&self, at: Timestamp) -> Result<(), StoreError> {
        let recent = |noted: Timestamp| at.duration_since(noted) < NOTED;
        if self.heard.lock().is_some_and(recent) {
            return Ok(());
        }
        self.store.heard(at).await?;
        *self.heard.lock() = Some(at);
        Ok(())
    }

    /// How it does; none where there never was one.
    pub async fn standing(&self, actor: &Actor) -> Result<Option<BrokerStanding>, BrokerError> {
        actor.require(Permission::ViewConnections)?;
        Ok(self.store.standing().await?)
    }
}
