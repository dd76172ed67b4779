//! Closing an account.

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::identity::UserId;

use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;
use crate::identity::{Identity, SignInError};

/// Closes accounts.
#[async_trait]
pub trait ClosingStore: Send + Sync {
    /// Takes name, address and password from a person, their sites, sessions,
    /// letters and files, in one transaction with its audit entry. What others
    /// need, or the law, stays and names nobody: readings, and the trail of who
    /// did what. Returns whether there was an open account.
    async fn close(&self, user: UserId) -> Result<bool, StoreError>;
}

/// Why an account was not closed.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// The role does not allow it: staff leave by an administrator.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The password is not theirs, or was tried too often.
    #[error(transparent)]
    Password(SignInError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Closes people's own accounts.
#[derive(Clone, bon::Builder)]
pub struct Closing {
    identity: Identity,
    store: Arc<dyn ClosingStore>,
}

impl Closing {
    /// Closes the actor's account, if the password is theirs. Tries count as
    /// those to sign in.
    pub async fn close(
        &self,
        actor: &Actor,
        password: &str,
        from: IpAddr,
    ) -> Result<(), ClosingError> {
        actor.require(Permission::ManageOwnData)?;
        let user = actor.user().ok_or(Denied)?;
        let known = self.identity.user(user).await?.ok_or(Denied)?;
        match self.identity.sign_in(known.email.as_str(), password, from).await {
            Ok(_) => {}
            Err(SignInError::Store(error)) => return Err(error.into()),
            Err(refused) => return Err(ClosingError::Password(refused)),
        }
        self.store.close(user).await?;
        Ok(())
    }
}
