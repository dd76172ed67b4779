//! The contracts of `greengrid-app` fulfilled.
//!
//! Invariants of this crate:
//!
//! - SQL appears in [`postgres`] only, in checked macros.
//! - One contract method is one transaction, its audit entry and its notices
//!   included.

mod archive;
mod clock;
pub mod demo;
mod ids;
pub mod mail;
pub mod mqtt;
mod parcel;
mod passwords;
mod places;
mod post_limits;
pub mod postgres;
mod priority;
mod retry_after;
pub mod runners;
mod seal;
mod traces;
pub mod vendors;
pub mod webhooks;

pub use archive::ZipArchives;
pub use clock::SystemClock;
pub use ids::RandomIds;
pub use passwords::Argon2Passwords;
pub use places::MappedPlaces;
pub use post_limits::PostLimits;
pub use seal::{SealError, Sealer};
pub use traces::{Traces, TracesError};
