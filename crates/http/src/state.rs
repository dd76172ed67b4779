use std::sync::Arc;

use axum::extract::FromRef;
use greengrid_app::chat::Chat;
use greengrid_app::clock::Clock;
use greengrid_app::customer::{Closing, Memberships, Notices, OwnSites, Takeouts};
use greengrid_app::fleet::{Directory, Regions};
use greengrid_app::identity::Identity;
use greengrid_app::identity::factors::SecondFactors;
use greengrid_app::ingestion::broker::Broker;
use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::connections::Connections;
use greengrid_app::ingestion::{Imports, Ingestion, Samples};
use greengrid_app::messages::webhooks::Webhooks;
use greengrid_app::messages::{Links, Messages};
use greengrid_app::monitoring::alerts::Alerts;
use greengrid_app::monitoring::handover::Handovers;
use greengrid_app::monitoring::reports::Reports;
use greengrid_app::monitoring::{Anomalies, Monitoring, WhatIf};
use greengrid_app::observability::Vitals;
use greengrid_app::onboarding::Onboarding;

use crate::api::Gate;
use crate::grpc::Streams;
use crate::observability::Bursts;
use crate::settings::Settings;
use crate::sse::Registry;

/// What handlers draw on. Each takes only its own part, by [`FromRef`].
#[derive(Clone, FromRef, bon::Builder)]
pub struct AppState {
    /// People, sessions and tokens.
    pub identity: Identity,
    /// What signing in asks for besides a password.
    pub factors: SecondFactors,
    /// What the pages are told from outside.
    pub settings: Arc<Settings>,
    /// Questions about where the fleet stands.
    pub monitoring: Monitoring,
    /// What people do with anomalies.
    pub anomalies: Anomalies,
    /// What other thresholds would have done.
    pub what_if: WhatIf,
    /// A person's own sites.
    pub own_sites: OwnSites,
    /// Who belongs to which site.
    pub memberships: Memberships,
    /// Which letters people want.
    pub notices: Notices,
    /// All data of a person in one file.
    pub takeouts: Takeouts,
    /// Closing accounts.
    pub closing: Closing,
    /// The door through which readings come in.
    pub ingestion: Ingestion,
    /// Import of files.
    pub imports: Imports,
    /// Readings of a demo's sites, sent by hand.
    pub samples: Samples,
    /// The links of sites to their vendors.
    pub connections: Connections,
    /// Whether the vendors answer as they are known to.
    pub canary: Canary,
    /// How the broker of MQTT does.
    pub broker: Broker,
    /// How customers’ sites come online.
    pub onboarding: Onboarding,
    /// Alert rules.
    pub alerts: Alerts,
    /// What one shift leaves to the next.
    pub handovers: Handovers,
    /// Morning reports.
    pub reports: Reports,
    /// The team's conversation.
    pub chat: Chat,
    /// Letters to people.
    pub messages: Messages,
    /// Programs that are told.
    pub webhooks: Webhooks,
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
    /// The open streams of loggers.
    #[builder(default)]
    pub streams: Streams,
    /// All sites.
    pub directory: Directory,
    /// Regions and what energy is worth in them.
    pub regions: Regions,
    /// The time by which sites are judged.
    pub clock: Arc<dyn Clock>,
    /// The live streams.
    pub live: Registry,
}
