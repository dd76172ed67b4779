use std::collections::BTreeSet;
use std::sync::Arc;

use greengrid_domain::customer::NoticeKind;
use greengrid_domain::observability::Initiator;

use super::contracts::NoticeStore;
use super::token::UnsubscribeKey;
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;

/// Why a choice of letters was not kept.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// We did not make this address, or whom it names is gone.
    #[error("there is no such address")]
    NoSuchToken,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Which letters a person wants.
#[derive(Clone, bon::Builder)]
pub struct Notices {
    store: Arc<dyn NoticeStore>,
    key: UnsubscribeKey,
}

impl Notices {
    /// The kinds that the actor does not want.
    pub async fn unwanted(&self, actor: &Actor) -> Result<BTreeSet<NoticeKind>, NoticeError> {
        actor.require(Permission::ManageOwnData)?;
        Ok(self.store.unwanted(actor.user().ok_or(Denied)?).await?)
    }

    /// Sets which kinds the actor does not want.
    pub async fn choose(
        &self,
        actor: &Actor,
        unwanted: &BTreeSet<NoticeKind>,
    ) -> Result<(), NoticeError> {
        actor.require(Permission::ManageOwnData)?;
        let user = actor.user().ok_or(Denied)?;
        self.store.set_unwanted(actor.initiator(), user, unwanted).await?;
        Ok(())
    }

    /// Which kind of letter the address in one stops.
    pub fn named(&self, token: &str) -> Result<NoticeKind, NoticeError> {
        self.key.read(token).map(|(_, kind)| kind).ok_or(NoticeError::NoSuchToken)
    }

    /// Stops a kind of letter by the address in one, without signing in.
    pub async fn stop(&self, token: &str) -> Result<NoticeKind, NoticeError> {
        let (user, kind) = self.key.read(token).ok_or(NoticeError::NoSuchToken)?;
        let mut unwanted = self.store.unwanted(user).await?;
        if unwanted.insert(kind)
            && !self.store.set_unwanted(Initiator::User(user), user, &unwanted).await?
        {
            return Err(NoticeError::NoSuchToken);
        }
        Ok(kind)
    }
}
