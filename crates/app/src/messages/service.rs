use std::sync::Arc;

use greengrid_domain::messages::{Letter, LetterId, LetterState};

use super::contracts::{Counts, LetterStore, LetterSummary, Resent, StoredLetter};
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;

/// What people can see of letters, and do about them.
#[derive(Clone, bon::Builder)]
pub struct Messages {
    store: Arc<dyn LetterStore>,
    /// Whether this is a demo, where nothing is a secret.
    #[builder(default)]
    demo: bool,
}

/// Why nothing came of it.
#[derive(Debug, thiserror::Error)]
pub enum MessagesError {
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such letter.
    #[error("there is no such letter")]
    NoSuchLetter,
    /// Only what is dead or was kept can be sent again.
    #[error("this letter waits to be sent, or was sent")]
    NotNow,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Messages {
    /// Writes letters for a use case that has no transaction of its own to
    /// write them in. Those whose key is known are left out.
    pub async fn enqueue(&self, letters: &[Letter]) -> Result<u64, StoreError> {
        self.store.enqueue(letters).await
    }

    /// Letters, newest first, and how many there are.
    pub async fn list(
        &self,
        actor: &Actor,
        state: Option<LetterState>,
        before: Option<LetterId>,
        limit: i64,
    ) -> Result<(Vec<LetterSummary>, Counts), MessagesError> {
        actor.require(Permission::ViewLetters)?;
        let counts = self.store.counts().await?;
        Ok((self.store.list(state, before, limit).await?, counts))
    }

    /// One letter, and whether its reader may see what it says: a link that
    /// opens somebody's account is for nobody else, except in a demo.
    pub async fn letter(
        &self,
        actor: &Actor,
        id: LetterId,
    ) -> Result<(StoredLetter, bool), MessagesError> {
        actor.require(Permission::ViewLetters)?;
        let found = self.store.find(id).await?.ok_or(MessagesError::NoSuchLetter)?;
        let shown = self.demo || !found.summary.kind.is_secret();
        Ok((found, shown))
    }

    /// Sends a letter that is dead or was kept.
    pub async fn resend(&self, actor: &Actor, id: LetterId) -> Result<(), MessagesError> {
        actor.require(Permission::SendLetters)?;
        match self.store.resend(actor.initiator(), id).await? {
            Resent::Done => Ok(()),
            Resent::NotNow => Err(MessagesError::NotNow),
            Resent::NoSuchLetter => Err(MessagesError::NoSuchLetter),
        }
    }
}
