//! Who is asking, and what they may ask for.
//!
//! Every route goes through [`guard`] with its row of the permission table.
//! Routes for people lie inside the session layers of [`layers`]; static
//! files, health and the interface for programs lie outside of them, so they
//! answer without asking the database who is there.

mod address;
mod backend;
mod caller;
mod cookie;
mod device;
mod guard;
mod layers;
mod origin;
pub(crate) mod permissions;
mod sessions;
mod viewer;

pub(crate) use address::{ClientAddress, client_address};
pub use address::{TrustedProxies, TrustedProxiesError};
pub(crate) use backend::{AuthSession, leave, open_session};
pub(crate) use caller::{Caller, is_datastar, patched};
pub(crate) use device::{Device, device_words};
pub(crate) use guard::guard;
pub(crate) use layers::with_sessions;
pub(crate) use permissions::Access;
pub(crate) use viewer::{SessionMark, Theme, Viewer};
