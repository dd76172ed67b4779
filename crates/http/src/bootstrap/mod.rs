//! Wiring: which store stands behind which contract, and what runs.

mod alerts;
mod broker;
mod connections;
mod core;
mod customer;
mod demo;
mod demo_alerts;
mod demo_cases;
mod demo_notices;
mod demo_polls;
mod demo_quarantine;
mod demo_talk;
mod factors;
mod instance;
mod mail;
mod onboarding;
mod private;
mod reports;
mod standins;
mod webhooks;

use greengrid_app::error::StoreError;
use greengrid_domain::observability::Initiator;
pub use greengrid_infra::Traces;
pub use greengrid_infra::postgres::Pools;
use greengrid_infra::postgres::{self, PoolSettings};
use greengrid_infra::runners::projector;
pub use greengrid_infra::runners::projector::RebuildError;

pub use broker::check_broker;
pub use connections::connections;
pub use core::{Core, Stores};
pub use customer::{CustomerCases, CustomerParts, CustomerRounds};
pub use demo::{Demo, DemoFile, DemoSettings, NoDemo, Tell, accounts as demo_accounts};
pub use demo_polls::{VendorAccount, connect_to_stand_ins};
pub use factors::factors;
pub use instance::Instance;
pub use mail::{MailSettingsError, check_mail};
pub use private::PrivatePostgres;
pub use standins::{stand_ins, stand_ins_allowing, stand_ins_of_demo};

/// Brings the database to the present schema. Instances that start together
/// take turns.
pub async fn migrate(url: &str) -> Result<(), StoreError> {
    postgres::migrate(url).await.map_err(StoreError::new)
}

/// Opens the pools of an instance.
pub async fn connect(url: &str) -> Result<Pools, StoreError> {
    postgres::connect(url, PoolSettings::default()).await.map_err(StoreError::new)
}

/// Derives all read models anew, for the command line.
pub async fn rebuild(pools: &Pools, tell: &(dyn Fn(u64, u64) + Sync)) -> Result<(), RebuildError> {
    projector::rebuild(&pools.ingest, Initiator::CommandLine, tell).await
}
