use std::collections::HashSet;
use std::sync::Arc;

use async_trait::async_trait;
use greengrid_domain::fleet::{Brand, SiteCode, SiteId};
use greengrid_domain::ingestion::{
    ConnectionId, CredentialId, Grant, Ledger, Progress, Quota, Record,
};
use greengrid_domain::observability::Initiator;
use jiff::{SignedDuration, Timestamp};

use crate::error::StoreError;
use crate::identity::Changed;
use crate::ingestion::Submission;
use crate::ingestion::vendors::{
    CallBudget, Calls, Credentials, ExternalId, OAuthTokens, TokenVault, VendorError,
    VendorGateway, VendorReading,
};

/// How readings come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// We ask the vendor.
    Polled {
        /// With what.
        credential: CredentialId,
        /// What the vendor calls the site.
        external: ExternalId,
    },
    /// The device sends them to a secret address.
    Pushed,
}

/// A site's link to one vendor interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Key.
    pub id: ConnectionId,
    /// Whose readings come by it.
    pub site: SiteId,
    /// Whose interface it is.
    pub brand: Brand,
    /// How they come.
    pub link: Link,
    /// How often they are asked for, or expected.
    pub cadence: SignedDuration,
    /// What the attempts came to.
    pub record: Record,
    /// The vendor's own words at the last failure.
    pub said: Option<String>,
    /// When it was last tried.
    pub last_attempt: Option<Timestamp>,
    /// When it is tried next.
    pub next_run: Timestamp,
    /// How far its readings have been fetched.
    pub progress: Progress,
}

/// How readings of a new connection will come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewLink {
    /// As [`Link::Polled`].
    Polled {
        /// With what.
        credential: CredentialId,
        /// What the vendor calls the site.
        external: ExternalId,
    },
    /// As [`Link::Pushed`].
    Pushed {
        /// SHA-256 of the secret in the address.
        secret_hash: [u8; 32],
    },
}

/// A connection to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConnection {
    /// Its key.
    pub id: ConnectionId,
    /// Whose readings will come.
    pub site: SiteId,
    /// Whose interface it is.
    pub brand: Brand,
    /// How they will come.
    pub link: NewLink,
    /// How often.
    pub cadence: SignedDuration,
    /// From when on readings are wanted, and when it is made.
    pub wanted_from: Timestamp,
    /// When it is tried first.
    pub first_run: Timestamp,
}

/// What came of making something with unique parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Done,
    /// The site has a connection of this brand, or the vendor's site another
    /// connection, or the name is taken.
    Taken,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Of which connection.
    pub id: ConnectionId,
    /// When.
    pub at: Timestamp,
    /// The record after it.
    pub record: Record,
    /// The vendor's own words, when it failed.
    pub said: Option<String>,
    /// How far the readings have come; none where it did not move.
    pub progress: Option<Progress>,
    /// When to try next.
    pub next_run: Timestamp,
}

/// Keeps connections.
#[async_trait]
pub trait ConnectionStore: Send + Sync {
    /// All of them, by site.
    async fn all(&self) -> Result<Vec<Connection>, StoreError>;
    /// Those with a cause of trouble, unless paused.
    async fn troubled(&self) -> Result<Vec<Connection>, StoreError>;
    /// One of them.
    async fn find(&self, id: ConnectionId) -> Result<Option<Connection>, StoreError>;
    /// The one whose address holds the secret with this hash, unless paused.
    async fn by_push_secret(&self, hash: &[u8; 32]) -> Result<Option<Connection>, StoreError>;
    /// The pushed ones that are not paused, have no cause of trouble and were
    /// heard of, but not since `patience` times their cadence.
    async fn silent(&self, now: Timestamp, patience: u32) -> Result<Vec<Connection>, StoreError>;
    /// The polled ones that are due, longest first, but for those of some
    /// credentials.
    async fn due(
        &self,
        now: Timestamp,
        but: &HashSet<CredentialId>,
    ) -> Result<Vec<Connection>, StoreError>;
    /// Those of these sites that seem to lose something at the moment.
    async fn suspects(&self, of: &[SiteId]) -> Result<HashSet<SiteId>, StoreError>;
    /// Makes one.
    async fn add(&self, by: Initiator, new: NewConnection) -> Result<Added, StoreError>;
    /// Takes one away. Its readings stay.
    async fn remove(&self, by: Initiator, id: ConnectionId) -> Result<Changed, StoreError>;
    /// Notes attempts, and tells the pages.
    async fn note(&self, attempts: &[Attempt]) -> Result<(), StoreError>;
    /// Pauses one, or lets it go on at an instant.
    async fn pause(
        &self,
        by: Initiator,
        id: ConnectionId,
        paused: bool,
        at: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// Has one tried as soon as possible.
    async fn hurry(
        &self,
        by: Initiator,
        id: ConnectionId,
        at: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// Has everything since an instant fetched again.
    async fn back_fill(
        &self,
        by: Initiator,
        id: ConnectionId,
        from: Timestamp,
    ) -> Result<Changed, StoreError>;
}

/// Something that opens an interface, without what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Key.
    pub id: CredentialId,
    /// Whose interface it opens.
    pub brand: Brand,
    /// What people call it.
    pub name: String,
    /// What it may spend.
    pub quota: Quota,
    /// What it has spent.
    pub ledger: Ledger,
    /// When an owner has to approve again at the latest, unless it is renewed
    /// before; none where nothing ends.
    pub approved_until: Option<Timestamp>,
    /// When what it is was last given to us; none where that was not noted yet.
    pub given_at: Option<Timestamp>,
}

/// A credential to be kept.
#[derive(Debug, Clone)]
pub struct NewCredential {
    /// Its key.
    pub id: CredentialId,
    /// Whose interface it opens.
    pub brand: Brand,
    /// What people call it.
    pub name: String,
    /// What it is.
    pub credentials: Credentials,
    /// What it may spend.
    pub quota: Quota,
    /// When it is added.
    pub at: Timestamp,
}

/// What came of taking a credential away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Done,
    /// There is none.
    Missing,
    /// A connection or a case of onboarding needs it.
    InUse,
}

/// Calls of a credential in a stretch of days, by who made them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// With which credential.
    pub credential: CredentialId,
    /// For which connection; none for lists of sites and the like.
    pub connection: Option<ConnectionId>,
    /// Requests made.
    pub requests: u64,
    /// Data points billed.
    pub points: u64,
}

/// Keeps what opens the interfaces, sealed, and what it has spent.
#[async_trait]
pub trait CredentialStore: Send + Sync {
    /// All of them.
    async fn all(&self) -> Result<Vec<Credential>, StoreError>;
    /// Keeps a new one.
    async fn add(&self, by: Initiator, new: NewCredential) -> Result<Added, StoreError>;
    /// Puts another in the place of one, and has everything that it opens tried
    /// at once.
    async fn replace(
        &self,
        by: Initiator,
        id: CredentialId,
        credentials: Credentials,
        at: Timestamp,
    ) -> Result<Changed, StoreError>;
    /// Keeps what one may spend from now on.
    async fn change_quota(
        &self,
        by: Initiator,
        id: CredentialId,
        quota: Quota,
    ) -> Result<Changed, StoreError>;
    /// Those that a case of onboarding needs.
    async fn in_cases(&self) -> Result<HashSet<CredentialId>, StoreError>;
    /// Takes one away, unless something needs it.
    async fn remove(&self, by: Initiator, id: CredentialId) -> Result<Removed, StoreError>;
    /// What it is; none when it was sealed under another secret.
    async fn open(&self, id: CredentialId) -> Result<Option<Credentials>, StoreError>;
    /// Puts fresh tokens in the place of spent ones and gives those in force;
    /// see [`TokenVault::rotate`].
    async fn rotate(
        &self,
        id: CredentialId,
        spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError>;
    /// Asks for calls, and enters them durably when they are granted.
    async fn spend(
        &self,
        id: CredentialId,
        by: Option<ConnectionId>,
        calls: Calls,
        now: Timestamp,
        urgent: bool,
    ) -> Result<Grant, StoreError>;
    /// What was spent in the calendar month of an instant.
    async fn usage(&self, month_of: Timestamp) -> Result<Vec<Usage>, StoreError>;
}

/// Makes the interfaces of vendors, and parcels of what they give.
pub trait Gateways: Send + Sync {
    /// The interface that these credentials open.
    fn open(
        &self,
        credentials: Credentials,
        vault: Arc<dyn TokenVault>,
        budget: Arc<dyn CallBudget>,
    ) -> Result<Arc<dyn VendorGateway>, VendorError>;
    /// Readings as a payload that can be submitted, and replayed if need be.
    fn pack(&self, site: &SiteCode, readings: &[VendorReading]) -> Submission;
}
