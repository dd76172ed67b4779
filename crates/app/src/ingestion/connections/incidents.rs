use async_trait::async_trait;
use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::{Breaker, ConnectionId, CredentialId};
use jiff::Timestamp;

use crate::error::StoreError;

/// How far a failure reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reach {
    /// Whose interface.
    pub brand: Brand,
    /// What opens it; none where the vendor itself is struck.
    pub credential: Option<CredentialId>,
}

impl Reach {
    /// Whether what this credential opens is within.
    #[must_use]
    pub fn covers(self, brand: Brand, credential: CredentialId) -> bool {
        self.brand == brand && self.credential.is_none_or(|struck| struck == credential)
    }
}

/// A failure of a vendor or of what opens its interface: one, however many
/// sites it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorIncident {
    /// How far it reaches.
    pub reach: Reach,
    /// Keeps others from the same failure while it lasts.
    pub breaker: Breaker,
    /// The vendor's own words.
    pub said: Option<String>,
    /// When readings came again; none while it lasts.
    pub ended: Option<Timestamp>,
    /// Connections it kept from their readings, known at its end.
    pub struck: u32,
}

/// Keeps the incidents of vendors.
#[async_trait]
pub trait VendorIncidentStore: Send + Sync {
    /// Those that last.
    async fn open(&self) -> Result<Vec<VendorIncident>, StoreError>;
    /// Those that ended since an instant, newest first.
    async fn ended_since(&self, since: Timestamp) -> Result<Vec<VendorIncident>, StoreError>;
    /// Keeps one that begins, or the newer state of the one of its reach.
    async fn keep(&self, incident: &VendorIncident) -> Result<(), StoreError>;
    /// Ends the one of this reach, and has whatever failed behind it tried.
    async fn end(&self, reach: Reach, at: Timestamp) -> Result<(), StoreError>;
    /// Lets a probe of those that strike a connection go at once.
    async fn admit(&self, connection: ConnectionId, at: Timestamp) -> Result<(), StoreError>;
}
