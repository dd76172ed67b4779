use std::sync::Arc;

use uuid::Uuid;

use super::contracts::{Requested, Takeout, TakeoutStore};
use crate::actor::{Actor, Denied, Permission};
use crate::error::StoreError;
use crate::ids::Ids;
use greengrid_domain::identity::UserId;

/// Why a person did not get their data.
#[derive(Debug, thiserror::Error)]
pub enum TakeoutError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is no such file, or not for this person, or not any more.
    #[error("there is no such file")]
    Missing,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All data of a person in one file.
#[derive(Clone, bon::Builder)]
pub struct Takeouts {
    store: Arc<dyn TakeoutStore>,
    ids: Arc<dyn Ids>,
}

impl Takeouts {
    /// The file that the actor asked for last, if it is still there.
    pub async fn latest(&self, actor: &Actor) -> Result<Option<Takeout>, TakeoutError> {
        Ok(self.store.latest(owner(actor)?).await?)
    }

    /// Has a file put together, unless that is under way.
    pub async fn request(&self, actor: &Actor) -> Result<Requested, TakeoutError> {
        Ok(self.store.request(owner(actor)?, self.ids.uuid()).await?)
    }

    /// A part of the actor's own file, counted from 0; `None` after the last.
    pub async fn part(
        &self,
        actor: &Actor,
        id: Uuid,
        part: i32,
    ) -> Result<Option<Vec<u8>>, TakeoutError> {
        let found = self.store.part(owner(actor)?, id, part).await?;
        if part == 0 && found.is_none() { Err(TakeoutError::Missing) } else { Ok(found) }
    }
}

fn owner(actor: &Actor) -> Result<UserId, Denied> {
    actor.require(Permission::ManageOwnData)?;
    actor.user().ok_or(Denied)
}
