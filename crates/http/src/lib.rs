//! Everything inbound: pages, live streams, the readings interface, the
//! command line.
//!
//! Invariants of this crate:
//!
//! - A route exists only with a row in [`auth`]'s permission table.
//! - A page and its live patch come from the same view function.
//! - [`fault::Fault`] is the only way a failure becomes an answer.
//! - Only `main.rs` and `bootstrap.rs` name `greengrid_infra`.

mod api;
mod assets;
mod auth;
pub mod bootstrap;
mod chat;
mod components;
mod customer;
mod fault;
mod fleet;
pub mod grpc;
mod identity;
mod ingestion;
mod messages;
mod middleware;
mod monitoring;
mod observability;
mod onboarding;
mod query;
mod router;
pub mod server;
mod settings;
mod sse;
mod standins;
mod state;
#[cfg(test)]
mod testing;
mod theme;
mod urls;

pub use api::Gate;
pub use auth::permissions::{Access, TABLE as PERMISSIONS};
pub use auth::{TrustedProxies, TrustedProxiesError};
pub use ingestion::{ImportFiles, InputFile, REPORT_HEADER, import_files, report};
pub use monitoring::{
    Assumed, BacktestFiles, BacktestInput, find_files, read_backtest, write_detections,
};
pub use monitoring::{alert_press, report_press};
pub use observability::{Bursts, signals};
pub use router::router;
pub use settings::{DemoAccount, MailServer, PublicUrl, Secret, Settings, VendorClients};
pub use sse::{Registry, StreamCount, StreamLimits, live_views};
pub use standins::KEYS as STAND_IN_KEYS;
pub use state::AppState;
