use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use greengrid_domain::ingestion::{Cause, ConnectionId, CredentialId, Grant};
use parking_lot::Mutex;

use super::CredentialStore;
use crate::clock::Clock;
use crate::error::StoreError;
use crate::ingestion::vendors::{CallBudget, Calls, OAuthTokens, TokenVault, VendorError};

/// How long a call waits for its turn, those before it in the same minute
/// included. Who would have to wait longer is better told so.
const PATIENCE: Duration = Duration::from_mins(1);

/// The shortest wait: nobody asks the store in a circle.
const SHORTEST: Duration = Duration::from_millis(50);

/// The budget of one credential. Its calls are entered in the store before they
/// are made; the connection they are made for can be named.
pub struct Metered {
    store: Arc<dyn CredentialStore>,
    clock: Arc<dyn Clock>,
    credential: CredentialId,
    urgent: bool,
    on_behalf_of: Mutex<Option<ConnectionId>>,
}

impl Metered {
    /// A budget. An urgent one is for a person who waits.
    #[must_use]
    pub fn new(
        store: Arc<dyn CredentialStore>,
        clock: Arc<dyn Clock>,
        credential: CredentialId,
        urgent: bool,
    ) -> Self {
        Self { store, clock, credential, urgent, on_behalf_of: Mutex::new(None) }
    }

    /// Enters the following calls for a connection, or for nobody in
    /// particular.
    pub fn on_behalf_of(&self, connection: Option<ConnectionId>) {
        *self.on_behalf_of.lock() = connection;
    }
}

#[async_trait]
impl CallBudget for Metered {
    async fn spend(&self, calls: Calls) -> Result<(), VendorError> {
        let by = *self.on_behalf_of.lock();
        let mut waited = Duration::ZERO;
        loop {
            let now = self.clock.now();
            let grant = self.store.spend(self.credential, by, calls, now, self.urgent).await;
            match grant.map_err(|error| away(&error))? {
                Grant::Granted(_) => return Ok(()),
                Grant::Wait(wait) => {
                    let wait = Duration::try_from(wait).unwrap_or_default();
                    if waited + wait > PATIENCE {
                        return Err(VendorError::new(Cause::RateLimited).after(Some(wait)));
                    }
                    waited += wait.max(SHORTEST);
                    self.clock.wait(wait.max(SHORTEST)).await;
                }
                Grant::Spent(until) => {
                    let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
                    return Err(VendorError::new(Cause::QuotaSpent).after(Some(wait)));
                }
            }
        }
    }
}

/// The tokens of one credential.
pub struct Vault {
    store: Arc<dyn CredentialStore>,
    credential: CredentialId,
}

impl Vault {
    /// Those of this credential.
    #[must_use]
    pub fn new(store: Arc<dyn CredentialStore>, credential: CredentialId) -> Self {
        Self { store, credential }
    }
}

#[async_trait]
impl TokenVault for Vault {
    async fn current(&self) -> Result<OAuthTokens, StoreError> {
        let opened = self.store.open(self.credential).await?;
        let tokens = opened.as_ref().and_then(|credentials| credentials.tokens()).cloned();
        tokens.ok_or_else(|| StoreError::new("there are no tokens that could be opened"))
    }

    async fn rotate(
        &self,
        spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError> {
        self.store.rotate(self.credential, spent, fresh).await
    }
}

/// No call is made that could not be entered.
fn away(error: &StoreError) -> VendorError {
    tracing::error!(error = error as &dyn std::error::Error, "a call could not be entered");
    VendorError::new(Cause::RateLimited)
}
