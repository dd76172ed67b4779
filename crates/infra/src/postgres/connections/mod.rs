//! Connections to vendors, and what opens them.

mod broker;
mod contracts;
mod credentials;
mod facts;
mod incidents;
pub(crate) mod keep;
mod keys;
mod rows;
mod sealed;
mod store;
#[cfg(test)]
mod tests;

pub use broker::PgBrokerStore;
pub use contracts::PgContractStore;
pub use credentials::PgCredentialStore;
pub use facts::PgVendorFacts;
pub use store::PgConnectionStore;
pub(crate) use store::add_in;
