//! The links of sites to their vendors: kept, polled, told about.

mod contracts;
mod facts;
mod incidents;
mod keys;
mod poller;
mod service;
mod silence;
mod spending;
mod survey;
mod telling;
#[cfg(test)]
mod tests;

pub use contracts::{
    Added, Attempt, Connection, ConnectionStore, Credential, CredentialStore, Gateways, Link,
    NewConnection, NewCredential, NewLink, Removed, Usage,
};
pub use facts::{HeardAlarms, KeptAlarm, KeptRemark, Looked, Survey, VendorFacts};
pub use incidents::{Reach, VendorIncident, VendorIncidentStore};
pub use keys::Key;
pub use poller::{Poller, Turn};
pub use service::{ConnectionError, Connections, PushTarget};
pub use spending::{Metered, Vault};
pub(in crate::ingestion) use survey::of_devices;
pub use telling::SiteFacts;
