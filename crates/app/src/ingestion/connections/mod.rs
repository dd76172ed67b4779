//! The links of sites to their vendors: kept, polled, told about.

mod contracts;
mod incidents;
mod poller;
mod service;
mod spending;
#[cfg(test)]
mod tests;

pub use contracts::{
    Added, Attempt, Connection, ConnectionStore, Credential, CredentialStore, Gateways, Link,
    NewConnection, NewCredential, NewLink, Usage,
};
pub use incidents::{Reach, VendorIncident, VendorIncidentStore};
pub use poller::{Poller, Turn};
pub use service::{ConnectionError, Connections, PushTarget};
pub use spending::{Metered, Vault};
