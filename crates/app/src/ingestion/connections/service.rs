use std::sync::Arc;

use futures::TryFutureExt as _;
use greengrid_domain::fleet::{Brand, Site, SiteCode, SiteCodeError};
use greengrid_domain::ingestion::{Cause, ConnectionId, CredentialId};
use greengrid_domain::text::single_line;
use greengrid_domain::time::Interval;
use jiff::{SignedDuration, Timestamp};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

use super::keys::NAME;
use super::{
    Added, Attempt, Connection, ConnectionStore, Credential, CredentialStore, Gateways, Link,
    Metered, NewConnection, NewLink, Usage, Vault, VendorFacts, VendorIncident,
    VendorIncidentStore,
};
use crate::actor::{Actor, Denied, Permission};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::fleet::Directory;
use crate::identity::Changed;
use crate::ids::Ids;
use crate::ingestion::vendors::{
    Check, Expected, ExternalId, TypedKeyError, VendorError, VendorGateway, climb,
};

/// Readings before a connection was made that are fetched: two days.
const WANTED: SignedDuration = SignedDuration::from_hours(48);

/// How long an incident is told after its end.
const TOLD: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Why something about a connection could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionError {
    /// The role does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The code is not one.
    #[error(transparent)]
    Code(#[from] SiteCodeError),
    /// There is no such site.
    #[error("there is no site “{0}”")]
    NoSuchSite(SiteCode),
    /// There is no such connection.
    #[error("there is no such connection")]
    NoSuchConnection,
    /// There is no such credential, or of another brand.
    #[error("there is no key “{0}”; /admin/keys lists those that there are")]
    NoSuchCredential(String),
    /// It is there already.
    #[error("the site has such a connection already, or its number belongs to another site")]
    Taken,
    /// There is no such key.
    #[error("there is no such key")]
    NoSuchKey,
    /// The name is taken.
    #[error("there is a key of this name already")]
    NameTaken,
    /// The name cannot be one.
    #[error("a key’s name has 1 to {NAME} characters")]
    Name,
    /// What was typed is no key.
    #[error(transparent)]
    Typed(#[from] TypedKeyError),
    /// Nobody can type what an owner has to approve.
    #[error("the owner approved this one on the vendor’s page; it cannot be typed")]
    ByApproval,
    /// Something needs it.
    #[error("it is in use: put another key in its place, or take its connections away first")]
    InUse,
    /// A push cannot be asked for.
    #[error("this device sends by itself; it cannot be asked")]
    Pushed,
    /// From the future, or from before 1990.
    #[error("back-fill from a day between 1990 and today")]
    From,
    /// The credential could not be used.
    #[error(transparent)]
    Vendor(#[from] VendorError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where the pushes of an address belong.
#[derive(Debug, Clone)]
pub struct PushTarget {
    /// The connection.
    pub connection: Connection,
    /// Its site.
    pub site: Arc<Site>,
}

/// The links of sites to their vendors.
#[derive(Clone, bon::Builder)]
pub struct Connections {
    pub(super) directory: Directory,
    pub(super) store: Arc<dyn ConnectionStore>,
    pub(super) incidents: Arc<dyn VendorIncidentStore>,
    pub(super) credentials: Arc<dyn CredentialStore>,
    pub(super) facts: Arc<dyn VendorFacts>,
    pub(super) gateways: Arc<dyn Gateways>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
}

impl Connections {
    /// All connections, credentials, and what was spent this month.
    pub async fn list(
        &self,
        actor: &Actor,
    ) -> Result<(Vec<Connection>, Vec<Credential>, Vec<Usage>), ConnectionError> {
        actor.require(Permission::ViewConnections)?;
        let usage = self.credentials.usage(self.clock.now());
        Ok(tokio::try_join!(self.store.all(), self.credentials.all(), usage)?)
    }

    /// The connections with a cause of trouble, and all credentials.
    pub async fn troubled(
        &self,
        actor: &Actor,
    ) -> Result<(Vec<Connection>, Vec<Credential>), ConnectionError> {
        actor.require(Permission::ViewConnections)?;
        let troubled = self.store.troubled().await?;
        // As a rule nothing is wrong, and this is asked for often.
        let credentials =
            if troubled.is_empty() { Vec::new() } else { self.credentials.all().await? };
        Ok((troubled, credentials))
    }

    /// The incidents of vendors that last, and those that ended in the last days.
    pub async fn incidents(
        &self,
        actor: &Actor,
    ) -> Result<(Vec<VendorIncident>, Vec<VendorIncident>), ConnectionError> {
        actor.require(Permission::ViewConnections)?;
        let ended = self.incidents.ended_since(self.clock.now() - TOLD);
        Ok(tokio::try_join!(self.incidents.open(), ended)?)
    }

    /// Connects a site to its vendor, to be polled.
    pub async fn connect(
        &self,
        actor: &Actor,
        site: &SiteCode,
        credential: &str,
        external: ExternalId,
        cadence: SignedDuration,
    ) -> Result<ConnectionId, ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        let site = self.site(site)?;
        let known = self.credentials.all().await?;
        let known = known.into_iter().find(|known| known.name == credential);
        let credential =
            known.ok_or_else(|| ConnectionError::NoSuchCredential(credential.to_owned()))?;
        let link = NewLink::Polled { credential: credential.id, external };
        self.add(actor, &site, credential.brand, link, cadence).await
    }

    /// Makes a secret for a Fronius Datamanager that sends by itself. It is
    /// shown this once and kept nowhere.
    pub async fn connect_push(
        &self,
        actor: &Actor,
        site: &SiteCode,
    ) -> Result<String, ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        let site = self.site(site)?;
        let mut random = [0; 32];
        OsRng.try_fill_bytes(&mut random).map_err(StoreError::new)?;
        let secret = hex::encode(random);
        let link = NewLink::Pushed { secret_hash: hashed(&secret) };
        let cadence = SignedDuration::from_secs(site.details.cadence_s.into());
        self.add(actor, &site, Brand::Fronius, link, cadence).await?;
        Ok(secret)
    }

    async fn add(
        &self,
        actor: &Actor,
        site: &Site,
        brand: Brand,
        link: NewLink,
        cadence: SignedDuration,
    ) -> Result<ConnectionId, ConnectionError> {
        let (id, now) = (self.ids.uuid().into(), self.clock.now());
        let wanted_from = Interval::containing(now - WANTED).start();
        let new =
            NewConnection { id, site: site.id, brand, link, cadence, wanted_from, first_run: now };
        match self.store.add(actor.initiator(), new).await? {
            Added::Done => Ok(id),
            Added::Taken => Err(ConnectionError::Taken),
        }
    }

    /// Takes a connection away. Its readings stay.
    pub async fn disconnect(&self, actor: &Actor, id: ConnectionId) -> Result<(), ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        done(self.store.remove(actor.initiator(), id).await?)
    }

    /// Pauses a connection, or lets it go on.
    pub async fn pause(
        &self,
        actor: &Actor,
        id: ConnectionId,
        paused: bool,
    ) -> Result<(), ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        done(self.store.pause(actor.initiator(), id, paused, self.clock.now()).await?)
    }

    /// Has a connection tried as soon as possible.
    pub async fn try_now(&self, actor: &Actor, id: ConnectionId) -> Result<(), ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        self.hurry(actor, id).await
    }

    /// Has a connection tried whatever was known of its vendor.
    async fn hurry(&self, actor: &Actor, id: ConnectionId) -> Result<(), ConnectionError> {
        let now = self.clock.now();
        self.incidents.admit(id, now).await?;
        done(self.store.hurry(actor.initiator(), id, now).await?)
    }

    /// Has everything since an instant fetched again, oldest first, with calls
    /// to spare.
    pub async fn back_fill(
        &self,
        actor: &Actor,
        id: ConnectionId,
        from: Timestamp,
    ) -> Result<(), ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        let now = self.clock.now();
        if from > now || greengrid_domain::ingestion::check_time(from, now).is_err() {
            return Err(ConnectionError::From);
        }
        done(self.store.back_fill(actor.initiator(), id, from).await?)
    }

    /// Tests a connection step by step and tells each as it is known. A success
    /// or failure is noted, and readings are polled anew at once.
    pub async fn test(
        &self,
        actor: &Actor,
        id: ConnectionId,
        mut tell: impl FnMut(Check) + Send,
    ) -> Result<(), ConnectionError> {
        actor.require(Permission::ManageConnections)?;
        let connection = self.store.find(id).await?.ok_or(ConnectionError::NoSuchConnection)?;
        let Link::Polled { credential, external } = connection.link else {
            return Err(ConnectionError::Pushed);
        };
        let fleet = self.directory.snapshot();
        let site = fleet.site(connection.site).ok_or(ConnectionError::NoSuchConnection)?;
        let (gateway, budget) = self.gateway(credential, true).await?;
        budget.on_behalf_of(Some(id));
        let details = &site.details;
        let expected = Expected {
            id: external,
            name: details.name.as_str().to_owned(),
            location: details.location,
            zone: details.zone.clone(),
            capacity: details.capacity(),
        };
        climb(gateway.as_ref(), &expected, self.clock.now(), &mut tell).await;
        self.hurry(actor, id).await
    }

    /// The store of connections, for those who look whether a vendor’s site
    /// is connected already.
    pub(crate) fn store(&self) -> &Arc<dyn ConnectionStore> {
        &self.store
    }

    /// The store of what opens the interfaces.
    pub(crate) fn credential_store(&self) -> &Arc<dyn CredentialStore> {
        &self.credentials
    }

    /// The interface that a credential opens, with the budget of its calls.
    pub(crate) async fn gateway(
        &self,
        credential: CredentialId,
        urgent: bool,
    ) -> Result<(Arc<dyn VendorGateway>, Arc<Metered>), VendorError> {
        let unreadable = || VendorError::new(Cause::CredentialUnreadable);
        let opened = self.credentials.open(credential).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "no credential to be had");
            unreadable()
        });
        let credentials = opened.await?.ok_or_else(unreadable)?;
        let (store, clock) = (Arc::clone(&self.credentials), Arc::clone(&self.clock));
        let budget = Arc::new(Metered::new(store, clock, credential, urgent));
        let vault = Arc::new(Vault::new(Arc::clone(&self.credentials), credential));
        let gateway = self.gateways.open(credentials, vault, Arc::clone(&budget) as _)?;
        Ok((gateway, budget))
    }

    /// Where a push to the address with this secret belongs.
    pub async fn push_target(&self, secret: &str) -> Result<Option<PushTarget>, StoreError> {
        let Some(connection) = self.store.by_push_secret(&hashed(secret)).await? else {
            return Ok(None);
        };
        let fleet = self.directory.snapshot();
        let site = fleet.site(connection.site).cloned();
        Ok(site.map(|site| PushTarget { connection, site }))
    }

    /// Notes what came of a push: nothing wrong, or why it brought nothing, in
    /// words.
    pub async fn pushed(
        &self,
        connection: &Connection,
        refused: Option<(Cause, &str)>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let record = match refused {
            None => connection.record.succeeded(now),
            Some((cause, _)) => connection.record.failed(now, cause),
        };
        // A page need not be told every few seconds that all is well.
        let recent = connection.last_attempt.is_some_and(|at| now.duration_since(at) < NOTED);
        if recent && record.cause == connection.record.cause {
            return Ok(());
        }
        let attempt = Attempt {
            id: connection.id,
            at: now,
            record,
            said: refused.map(|(_, words)| single_line(words)),
            progress: None,
            next_run: now + connection.cadence,
        };
        self.store.note(&[attempt]).await
    }

    fn site(&self, code: &SiteCode) -> Result<Arc<Site>, ConnectionError> {
        let fleet = self.directory.snapshot();
        fleet.site_by_code(code).cloned().ok_or_else(|| ConnectionError::NoSuchSite(code.clone()))
    }
}

/// How often a push that is like the one before is noted.
const NOTED: SignedDuration = SignedDuration::from_secs(60);

fn done(changed: Changed) -> Result<(), ConnectionError> {
    changed.or_missing(ConnectionError::NoSuchConnection)
}

/// A secret is 256 random bits, so one fast hash is enough to hide it.
fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
