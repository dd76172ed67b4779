use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Cause, CredentialId, Quota};
use greengrid_domain::text::single_line;

use super::{Added, ConnectionError, Connections, Credential, Link, NewCredential, Removed};
use crate::actor::{Actor, Permission};
use crate::ingestion::vendors::{Credentials, GivenPart, typed_key};

/// Longest name of a credential.
pub(super) const NAME: usize = 80;

/// What opens an interface, and what depends on it.
#[derive(Debug, Clone)]
pub struct Key {
    /// What is known of it; what it is, is sealed.
    pub credential: Credential,
    /// Connections that it opens.
    pub connections: usize,
    /// Whether a case of onboarding needs it.
    pub in_case: bool,
    /// Why one of those brings nothing, if so.
    pub cause: Option<Cause>,
}

impl Connections {
    /// Everything that opens an interface.
    pub async fn keys(&self, actor: &Actor) -> Result<Vec<Key>, ConnectionError> {
        actor.require(Permission::Administer)?;
        let (all, credentials, cases) = tokio::try_join!(
            self.store.all(),
            self.credentials.all(),
            self.credentials.in_cases()
        )?;
        let key = |credential: Credential| {
            let with = |link: &Link| matches!(link, Link::Polled { credential: id, .. } if *id == credential.id);
            let opened = || all.iter().filter(|connection| with(&connection.link));
            Key {
                connections: opened().count(),
                in_case: cases.contains(&credential.id),
                cause: opened().find_map(|connection| connection.record.cause),
                credential,
            }
        };
        Ok(credentials.into_iter().map(key).collect())
    }

    /// One of them.
    pub async fn key(&self, actor: &Actor, id: CredentialId) -> Result<Key, ConnectionError> {
        let all = self.keys(actor).await?;
        all.into_iter().find(|key| key.credential.id == id).ok_or(ConnectionError::NoSuchKey)
    }

    /// Keeps a key that somebody typed.
    pub async fn add_key(
        &self,
        actor: &Actor,
        brand: Brand,
        name: &str,
        parts: &[GivenPart],
        quota: Quota,
    ) -> Result<CredentialId, ConnectionError> {
        actor.require(Permission::Administer)?;
        let credentials = typed_key(brand, parts)?;
        self.add_credential(actor, brand, name, credentials, quota).await
    }

    /// Keeps what opens an interface.
    pub async fn add_credential(
        &self,
        actor: &Actor,
        brand: Brand,
        name: &str,
        credentials: Credentials,
        quota: Quota,
    ) -> Result<CredentialId, ConnectionError> {
        actor.require(Permission::Administer)?;
        let name = single_line(name);
        if !(1..=NAME).contains(&name.chars().count()) {
            return Err(ConnectionError::Name);
        }
        let (id, at) = (self.ids.uuid().into(), self.clock.now());
        let new = NewCredential { id, brand, name, credentials, quota, at };
        match self.credentials.add(actor.initiator(), new).await? {
            Added::Done => Ok(id),
            Added::Taken => Err(ConnectionError::NameTaken),
        }
    }

    /// Puts a key that somebody typed in the place of another. What the old one
    /// kept from its readings is tried at once.
    pub async fn replace_key(
        &self,
        actor: &Actor,
        id: CredentialId,
        parts: &[GivenPart],
    ) -> Result<(), ConnectionError> {
        let key = self.key(actor, id).await?.credential;
        if key.approved_until.is_some() {
            return Err(ConnectionError::ByApproval);
        }
        self.replace_credential(actor, id, typed_key(key.brand, parts)?).await
    }

    /// The same with whatever opens an interface of the same brand.
    pub async fn replace_credential(
        &self,
        actor: &Actor,
        id: CredentialId,
        credentials: Credentials,
    ) -> Result<(), ConnectionError> {
        actor.require(Permission::Administer)?;
        let now = self.clock.now();
        let replaced = self.credentials.replace(actor.initiator(), id, credentials, now).await?;
        replaced.or_missing(ConnectionError::NoSuchKey)
    }

    /// Keeps what the plan of a key allows.
    pub async fn change_plan(
        &self,
        actor: &Actor,
        id: CredentialId,
        quota: Quota,
    ) -> Result<(), ConnectionError> {
        actor.require(Permission::Administer)?;
        let changed = self.credentials.change_quota(actor.initiator(), id, quota).await?;
        changed.or_missing(ConnectionError::NoSuchKey)
    }

    /// Takes a key away that nothing needs any more.
    pub async fn remove_key(&self, actor: &Actor, id: CredentialId) -> Result<(), ConnectionError> {
        actor.require(Permission::Administer)?;
        match self.credentials.remove(actor.initiator(), id).await? {
            Removed::Done => Ok(()),
            Removed::Missing => Err(ConnectionError::NoSuchKey),
            Removed::InUse => Err(ConnectionError::InUse),
        }
    }
}
