use std::sync::Arc;

use axum::extract::FromRef;
use greengrid_app::chat::Chat;
use greengrid_app::clock::Clock;
use greengrid_app::customer::OwnSites;
use greengrid_app::fleet::Directory;
use greengrid_app::identity::Identity;
use greengrid_app::ingestion::connections::Connections;
use greengrid_app::ingestion::{Imports, Ingestion};
use greengrid_app::messages::{Links, Messages};
use greengrid_app::monitoring::{Anomalies, Monitoring};
use greengrid_app::observability::Vitals;

use crate::api::Gate;
use crate::observability::Bursts;
use crate::settings::Settings;
use crate::sse::Registry;

/// What handlers draw on. Each takes only its own part, by [`FromRef`].
#[derive(Clone, FromRef, bon::Builder)]
pub struct AppState {
    /// People, sessions and tokens.
    pub identity: Identity,
    /// What the pages are told from outside.
    pub settings: Arc<Settings>,
    /// Questions about where the fleet stands.
    pub monitoring: Monitoring,
    /// What people do with anomalies.
    pub anomalies: Anomalies,
    /// A person's own sites.
    pub own_sites: OwnSites,
    /// The door through which readings come in.
    pub ingestion: Ingestion,
    /// Import of files.
    pub imports: Imports,
    /// The links of sites to their vendors.
    pub connections: Connections,
    /// The team's conversation.
    pub chat: Chat,
    /// Letters to people.
    pub messages: Messages,
    /// Whole addresses of pages, for letters.
    pub links: Links,
    /// How the program's own parts do.
    pub vitals: Arc<dyn Vitals>,
    /// What sessions may fire at the program to see what it bears.
    #[builder(default)]
    pub bursts: Bursts,
    /// How many readings may come in at once.
    #[builder(default)]
    pub gate: Gate,
    /// All sites.
    pub directory: Directory,
    /// The time by which sites are judged.
    pub clock: Arc<dyn Clock>,
    /// The live streams.
    pub live: Registry,
}
