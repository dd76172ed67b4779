use std::sync::Arc;

use greengrid_domain::identity::{User, UserId};

use super::contracts::{
    AttemptStore, AuditLog, Member, PasswordHasher, Person, SessionStore, TokenStore, UserStore,
};
use super::errors::AccountError;
use super::links::LinkStore;
use super::throttle::AttemptLimits;
use crate::actor::{Actor, Permission};
use crate::error::StoreError;
use crate::ids::Ids;

/// The password of every demo account. Everybody knows it, so outside the demo
/// it is neither accepted for a new account nor at the door.
pub const DEMO_PASSWORD: &str = "sunny-morning-200";

/// People, their sessions, and tokens for devices.
#[derive(Clone, bon::Builder)]
pub struct Identity {
    pub(super) users: Arc<dyn UserStore>,
    pub(super) attempts: Arc<dyn AttemptStore>,
    pub(super) links: Arc<dyn LinkStore>,
    pub(super) sessions: Arc<dyn SessionStore>,
    pub(super) tokens: Arc<dyn TokenStore>,
    pub(super) audit: Arc<dyn AuditLog>,
    pub(super) hasher: Arc<dyn PasswordHasher>,
    pub(super) ids: Arc<dyn Ids>,
    #[builder(default)]
    pub(super) attempt_limits: AttemptLimits,
    /// Whether this is the demo, in which [`DEMO_PASSWORD`] is good.
    #[builder(default)]
    pub(super) demo: bool,
}

impl Identity {
    /// One person, active or not.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.member(id).await?.map(|member| member.user))
    }

    /// One person with the version that their sessions must carry.
    pub async fn member(&self, id: UserId) -> Result<Option<Member>, StoreError> {
        self.users.find(id).await
    }

    /// The store of sessions, for the layer that reads cookies.
    #[must_use]
    pub fn sessions(&self) -> Arc<dyn SessionStore> {
        Arc::clone(&self.sessions)
    }

    /// Deletes what expired; returns how many sessions.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        self.links.sweep().await?;
        self.sessions.sweep().await
    }

    /// Everybody with an account.
    pub async fn users(&self, actor: &Actor) -> Result<Vec<Person>, AccountError> {
        actor.require(Permission::Administer)?;
        Ok(self.users.list().await?)
    }
}
