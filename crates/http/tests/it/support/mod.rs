//! A running program without a socket, and browsers that talk to it.

mod beside;
mod browser;
mod letters;
mod program;
mod settings;
mod watch;

use std::sync::Arc;

use axum::Router;
use greengrid_app::actor::Actor;
use greengrid_app::chat::Chat;
use greengrid_app::clock::Clock;
use greengrid_app::fleet::{Directory, Regions};
use greengrid_app::identity::factors::SecondFactors;
use greengrid_app::identity::{Identity, NewUser, SessionLimits};
use greengrid_app::ingestion::broker::Broker;
use greengrid_app::ingestion::canary::Canary;
use greengrid_app::ingestion::connections::{Connections, Poller};
use greengrid_app::ingestion::{Imports, Ingestion, Samples};
use greengrid_app::messages::webhooks::{Courier, Webhooks};
use greengrid_app::messages::{Links, Messages};
use greengrid_app::monitoring::alerts::Alerts;
use greengrid_app::monitoring::handover::Handovers;
use greengrid_app::monitoring::reports::Reports;
use greengrid_app::monitoring::{Anomalies, AnomalyStore, Monitoring, WhatIf};
use greengrid_app::onboarding::Onboarding;
use greengrid_app::testing::FixedClock;
use greengrid_domain::identity::{NewPassword, Role, Scope, User};
use greengrid_http::bootstrap::CustomerParts;
use greengrid_http::grpc::Streams;
use greengrid_http::{AppState, Registry, Settings};
use greengrid_infra::postgres::chat::PgChatStore;
use greengrid_infra::postgres::connections::{
    PgBrokerStore, PgConnectionStore, PgContractStore, PgCredentialStore, PgVendorFacts,
};
use greengrid_infra::postgres::fleet::{PgRegionStore, PgSiteStore};
use greengrid_infra::postgres::identity::{PgFactorStore, PgSessionStore, identity};
use greengrid_infra::postgres::ingestion::{
    PgEventStore, PgImportStore, PgQuarantineStore, PgSampleTrail,
};
use greengrid_infra::postgres::messages::PgLetterStore;
use greengrid_infra::postgres::messages::webhooks::PgWebhookStore;
use greengrid_infra::postgres::monitoring::{
    PgAlertStore, PgAnomalyStore, PgAssessmentStore, PgHandoverStore, PgPastStore, PgReadModels,
    PgReportStore,
};
use greengrid_infra::postgres::onboarding::PgCaseStore;
use greengrid_infra::postgres::testing::TestDatabase;
use greengrid_infra::postgres::{Notices, PgLiveBus, PgVitals, Pools};
use greengrid_infra::vendors::{Origins, Registrations, Sealer, VendorApprovals, VendorGateways};
use greengrid_infra::webhooks::HttpWebhooks;
use greengrid_infra::{Argon2Passwords, MappedPlaces, PostLimits, RandomIds};
use sqlx::PgPool;
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) use beside::{fetch, free_port};
pub(crate) use browser::{Answer, Browser};
pub(crate) use program::{Program, Sent, packed};
pub(crate) use settings::{SECRET, https, settings, settings_reaching};
pub(crate) use watch::Watch;

/// The password of every account made by [`App::user`].
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The whole program on a database of its own.
pub(crate) struct App {
    pub(crate) db: Arc<TestDatabase>,
    pub(crate) identity: Identity,
    /// The time of the fleet, by which pages go.
    pub(crate) clock: Arc<FixedClock>,
    /// The time of the world, by which codes go.
    pub(crate) wall: Arc<FixedClock>,
    pub(crate) directory: Directory,
    pub(crate) connections: Connections,
    pub(crate) onboarding: Onboarding,
    pub(crate) reports: Reports,
    pub(crate) alerts: Alerts,
    pub(crate) courier: Courier,
    pub(crate) router: Router,
    end: CancellationToken,
    /// Ends what runs beside the router.
    _running: DropGuard,
}

impl App {
    /// With plain HTTP and no proxy in front.
    pub(crate) async fn start() -> Self {
        Self::with(settings()).await
    }

    /// With settings of its own.
    pub(crate) async fn with(settings: Settings) -> Self {
        Self::on(Arc::new(TestDatabase::from_template().await), settings).await
    }

    /// Another instance on the same database.
    pub(crate) async fn beside(&self) -> Self {
        Self::on(Arc::clone(&self.db), settings()).await
    }

    #[expect(clippy::too_many_lines, reason = "all use cases, one after the other")]
    async fn on(db: Arc<TestDatabase>, settings: Settings) -> Self {
        let pool = db.pool();
        let sessions = Arc::new(PgSessionStore::new(pool.clone(), SessionLimits::default()));
        let wall = Arc::new(FixedClock::at(jiff::Timestamp::now()));
        let hasher = Arc::new(Argon2Passwords::cheap().unwrap());
        let identity = identity(&pool, hasher, false);
        let at = "2026-06-12T08:40:00Z".parse().unwrap();
        // A demo is known by the accounts that it offers.
        let demo = !settings.demo_accounts.is_empty();
        let clock = Arc::new(if demo { FixedClock::of_demo(at) } else { FixedClock::at(at) });
        let directory = Directory::load(Arc::new(PgSiteStore::new(pool.clone()))).await.unwrap();
        let store: Arc<dyn AnomalyStore> = Arc::new(PgAnomalyStore::new(pool.clone()));
        let anomalies = Anomalies::builder()
            .directory(directory.clone())
            .store(Arc::clone(&store))
            .clock(clock.clone())
            .ids(Arc::new(RandomIds))
            .build();
        let chat = Chat::builder()
            .store(Arc::new(PgChatStore::new(pool.clone())))
            .limiter(Arc::new(PostLimits::default()))
            .directory(directory.clone())
            .anomalies(Arc::clone(&store))
            .clock(clock.clone())
            .ids(Arc::new(RandomIds))
            .build();
        let monitoring = Monitoring::builder()
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .assessments(Arc::new(PgAssessmentStore::new(pool.clone())))
            .past(Arc::new(PgPastStore::new(pool.clone())))
            .anomalies(store)
            .clock(clock.clone())
            .build();
        let pools = Pools { pages: pool.clone(), ingest: pool.clone(), background: pool.clone() };
        let links = Links::under("http://localhost");
        let by: Arc<dyn Clock> = clock.clone();
        let own = CustomerParts::builder()
            .pools(&pools)
            .directory(&directory)
            .monitoring(&monitoring)
            .identity(&identity)
            .clock(&by)
            .links(&links)
            .secret(&settings.secret)
            .build()
            .cases();
        let ids = Arc::new(RandomIds);
        let events = PgEventStore::start(pool.clone());
        let vitals = PgVitals::new(pools.clone(), events.clone(), clock.clone());
        let ingestion = Ingestion::builder()
            .directory(directory.clone())
            .events(Arc::new(events.clone()))
            .quarantine(Arc::new(PgQuarantineStore::new(pool.clone())))
            .clock(clock.clone())
            .ids(ids.clone())
            .build();
        let imports = Imports::builder()
            .directory(directory.clone())
            .ingestion(ingestion.clone())
            .store(Arc::new(PgImportStore::new(pool.clone())))
            .ids(ids)
            .build();
        let samples = Samples::builder()
            .ingestion(ingestion.clone())
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .trail(Arc::new(PgSampleTrail::new(pool.clone())))
            .clock(clock.clone())
            .build();
        let stand_ins = settings.vendor_stand_ins.as_deref();
        let origins = stand_ins.map_or_else(Origins::default, Origins::stand_ins);
        let gateways = VendorGateways::new(origins.clone(), clock.clone());
        let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
        let connections = Connections::builder()
            .directory(directory.clone())
            .store(Arc::new(PgConnectionStore::new(pool.clone())))
            .facts(Arc::new(PgVendorFacts::new(pool.clone())))
            .incidents(Arc::new(PgConnectionStore::new(pool.clone())))
            .credentials(Arc::new(PgCredentialStore::new(pool.clone(), sealer)))
            .gateways(Arc::new(gateways))
            .clock(clock.clone())
            .ids(Arc::new(RandomIds))
            .build();
        let what_if = WhatIf::builder()
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .assessments(Arc::new(PgAssessmentStore::new(pool.clone())))
            .bus(Arc::new(PgLiveBus::new(pool.clone())))
            .clock(clock.clone())
            .build();
        let onboarding = onboarding(&pool, &directory, &connections, &identity, &clock, origins);
        let live = Registry::new(sessions, settings.streams);
        let streams = Streams::default();
        let handovers = Handovers::builder()
            .monitoring(monitoring.clone())
            .store(Arc::new(PgHandoverStore::new(pool.clone())))
            .reports(Arc::new(PgReportStore::new(pool.clone())))
            .build();
        let reports = Reports::builder()
            .directory(directory.clone())
            .monitoring(monitoring.clone())
            .handovers(handovers.clone())
            .store(Arc::new(PgReportStore::new(pool.clone())))
            .press(greengrid_http::report_press(Links::under("http://localhost")))
            .onboarding(Arc::new(onboarding.clone()))
            .build();
        let alerts = Alerts::builder()
            .store(Arc::new(PgAlertStore::new(pool.clone())))
            .press(greengrid_http::alert_press(Links::under("http://localhost")))
            .clock(clock.clone())
            .build();
        let sealer = Sealer::of_webhooks(b"0123456789abcdef0123456789abcdef");
        let hooks = Arc::new(PgWebhookStore::new(pool.clone(), sealer));
        let webhooks = Webhooks::builder()
            .store(hooks.clone())
            .ids(Arc::new(RandomIds))
            .wall(wall.clone())
            .own(settings.webhook_networks.clone())
            .build();
        let gateway = HttpWebhooks::new(settings.webhook_networks.clone(), wall.clone()).unwrap();
        let courier = Courier::builder().store(hooks).gateway(Arc::new(gateway)).build();
        let state = AppState::builder()
            .reports(reports.clone())
            .handovers(handovers)
            .alerts(alerts.clone())
            .webhooks(webhooks.clone())
            .connections(connections.clone())
            .canary(canary(&pool, clock.clone()))
            .broker(Broker::new(Arc::new(PgBrokerStore::new(pool.clone()))))
            .onboarding(onboarding.clone())
            .messages(Messages::builder().store(Arc::new(PgLetterStore::new(pool.clone()))).build())
            .links(links)
            .ingestion(ingestion)
            .imports(imports)
            .samples(samples)
            .identity(identity.clone())
            .factors(factors(&pool, &identity, wall.clone()))
            .settings(Arc::new(settings))
            .monitoring(monitoring)
            .anomalies(anomalies)
            .what_if(what_if)
            .own_sites(own.own_sites)
            .memberships(own.memberships)
            .notices(own.notices)
            .takeouts(own.takeouts)
            .closing(own.closing)
            .chat(chat)
            .vitals(Arc::new(vitals))
            .directory(directory.clone())
            .regions(Regions::new(Arc::new(PgRegionStore::new(pool.clone()))))
            .clock(clock.clone())
            .live(live.clone())
            .streams(streams.clone())
            .build();
        let end = CancellationToken::new();
        let notices = Notices::listen(&pool, end.clone()).await.unwrap();
        tokio::spawn(live.run(notices.subscribe(), end.clone()));
        tokio::spawn(streams.run(identity.clone(), notices.subscribe(), end.clone()));
        let router = greengrid_http::router(state);
        Self {
            db,
            identity,
            clock,
            wall,
            directory,
            connections,
            onboarding,
            reports,
            alerts,
            courier,
            router,
            end: end.clone(),
            _running: end.drop_guard(),
        }
    }

    /// Ends what runs beside the router, as at the end of the program.
    pub(crate) fn stop(&self) {
        self.end.cancel();
    }

    /// Connections of this program to stand-ins for the vendors, and whoever
    /// polls them, by a clock of their own.
    pub(crate) fn connected_to(&self, base: &str, clock: Arc<dyn Clock>) -> (Connections, Poller) {
        let pool = self.db.pool();
        let gateways = VendorGateways::new(Origins::stand_ins(base), Arc::clone(&clock))
            .watched_by(canary(&pool, Arc::clone(&clock)));
        let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
        let connections = Connections::builder()
            .directory(self.directory.clone())
            .store(Arc::new(PgConnectionStore::new(pool.clone())))
            .facts(Arc::new(PgVendorFacts::new(pool.clone())))
            .incidents(Arc::new(PgConnectionStore::new(pool.clone())))
            .credentials(Arc::new(PgCredentialStore::new(pool.clone(), sealer)))
            .gateways(Arc::new(gateways))
            .clock(Arc::clone(&clock))
            .ids(Arc::new(RandomIds))
            .build();
        let ingestion = Ingestion::builder()
            .directory(self.directory.clone())
            .events(Arc::new(PgEventStore::start(pool.clone())))
            .quarantine(Arc::new(PgQuarantineStore::new(pool)))
            .clock(clock)
            .ids(Arc::new(RandomIds))
            .build();
        let poller =
            Poller::builder().connections(connections.clone()).ingestion(ingestion).build();
        (connections, poller)
    }

    /// A new account with [`PASSWORD`].
    pub(crate) async fn user(&self, role: Role) -> User {
        user(&self.identity, role).await
    }

    /// The secret of a new token.
    pub(crate) async fn token(&self, scopes: &[Scope]) -> String {
        let made = self.identity.create_token(&Actor::System, "Logger", scopes.to_vec()).await;
        made.unwrap().1
    }

    /// A browser that knows nothing yet.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// A browser in which somebody of this role is signed in.
    pub(crate) async fn signed_in(&self, role: Role) -> Browser {
        let user = self.user(role).await;
        let mut browser = self.browser();
        let answer = browser.sign_in(user.email.as_str(), PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }
}

/// Whether the vendors answer as they are known to.
fn canary(pool: &PgPool, clock: Arc<dyn Clock>) -> Canary {
    Canary::new(Arc::new(PgContractStore::new(pool.clone())), clock)
}

/// The onboarding of customers, with the vendors at these addresses.
fn onboarding(
    pool: &sqlx::PgPool,
    directory: &Directory,
    connections: &Connections,
    identity: &Identity,
    clock: &Arc<FixedClock>,
    origins: Origins,
) -> Onboarding {
    let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
    let approvals =
        VendorApprovals::new(origins, Registrations::stand_ins(), sealer.clone(), clock.clone());
    Onboarding::builder()
        .directory(directory.clone())
        .store(Arc::new(PgCaseStore::new(pool.clone(), sealer)))
        .connections(connections.clone())
        .identity(identity.clone())
        .places(Arc::new(MappedPlaces))
        .approvals(Arc::new(approvals))
        .clock(clock.clone())
        .ids(Arc::new(RandomIds))
        .build()
}

/// Second factors of people, by this time of the world.
fn factors(pool: &PgPool, identity: &Identity, wall: Arc<FixedClock>) -> SecondFactors {
    let sealer = Sealer::of_factors(b"0123456789abcdef0123456789abcdef");
    SecondFactors::builder()
        .identity(identity.clone())
        .store(Arc::new(PgFactorStore::new(pool.clone(), sealer)))
        .wall(wall)
        .build()
}

/// A new account with [`PASSWORD`].
pub(crate) async fn user(identity: &Identity, role: Role) -> User {
    let number = uuid::Uuid::now_v7().simple();
    let new = NewUser {
        email: format!("{role}-{number}@example.org").parse().unwrap(),
        name: "Diana Reyes".parse().unwrap(),
        role,
        password: NewPassword::new(PASSWORD).unwrap(),
    };
    identity.add_user(&Actor::System, new).await.unwrap()
}
