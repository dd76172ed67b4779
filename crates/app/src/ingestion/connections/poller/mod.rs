//! Polling: what is due, in turns of one credential each.

mod attempts;
mod circuit;
mod fetch;
mod turn;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use greengrid_domain::ingestion::CredentialId;
use jiff::Timestamp;
use parking_lot::Mutex;

use super::{Connection, Connections, Link, VendorIncident};
use crate::error::StoreError;
use crate::ingestion::Ingestion;

/// Polls what is due. Credentials go side by side, so that a slow vendor delays
/// no other; the connections of one credential one after the other, for vendors
/// refuse calls that come at once.
#[derive(Clone, bon::Builder)]
pub struct Poller {
    pub(super) connections: Connections,
    ingestion: Ingestion,
    /// When silence was last listened for.
    #[builder(skip)]
    pub(super) listened_at: Arc<Mutex<Option<Timestamp>>>,
}

/// The due connections of one credential.
#[derive(Debug)]
pub struct Turn {
    /// Which.
    pub credential: CredentialId,
    /// Longest due first; at least one.
    due: Vec<Connection>,
    /// The incident that strikes them, while one lasts.
    incident: Option<VendorIncident>,
}

impl Turn {
    /// How many connections are due.
    #[must_use]
    pub fn len(&self) -> usize {
        self.due.len()
    }

    /// Since when the longest of them has been due.
    #[must_use]
    pub fn since(&self) -> Option<Timestamp> {
        self.due.iter().map(|connection| connection.next_run).min()
    }

    /// Never: a turn has somebody whose turn it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.due.is_empty()
    }
}

impl Poller {
    /// Whose turn it is, but for the credentials that still have theirs.
    pub async fn due(&self, busy: &HashSet<CredentialId>) -> Result<Vec<Turn>, StoreError> {
        self.hear_silence().await?;
        let Connections { store, incidents, clock, .. } = &self.connections;
        let due = store.due(clock.now(), busy).await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let incidents = incidents.open().await?;
        let mut turns: HashMap<CredentialId, Turn> = HashMap::new();
        for connection in due {
            let Link::Polled { credential, .. } = connection.link else { continue };
            let brand = connection.brand;
            let turn = turns.entry(credential).or_insert_with(|| {
                let struck = incidents.iter().filter(|known| known.reach.covers(brand, credential));
                // That of the vendor outlasts that of a key.
                let incident = struck.min_by_key(|known| known.reach.credential.is_some());
                Turn { credential, due: Vec::new(), incident: incident.cloned() }
            });
            turn.due.push(connection);
        }
        Ok(turns.into_values().collect())
    }

    /// Polls everything that is due, and gives how many connections that were.
    pub async fn poll_due(&self) -> Result<usize, StoreError> {
        let due = self.due(&HashSet::new()).await?;
        let count = due.iter().map(Turn::len).sum();
        let mut turns: FuturesUnordered<_> = due.into_iter().map(|turn| self.take(turn)).collect();
        while let Some(taken) = turns.next().await {
            taken?;
        }
        Ok(count)
    }
}
