//! Connections to vendors, and what opens them.

mod broker;
mod contracts;
mod credentials;
mod facts;
mod incidents;
mod rows;
mod sealed;
mod store;
#[cfg(test)]
mod tests;

pub use broker::PgBrokerStore;
pub use contracts::PgContractStore;
pub use credentials::PgCredentialStore;
pub(crate) use credentials::approved_until;
pub use facts::PgVendorFacts;
pub(crate) use sealed::seal;
pub use store::PgConnectionStore;
pub(crate) use store::add_in;
