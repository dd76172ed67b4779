//! A running program without a socket, and browsers that talk to it.

mod browser;
mod program;

use std::sync::Arc;

use axum::Router;
use greengrid_app::actor::Actor;
use greengrid_app::chat::Chat;
use greengrid_app::clock::Clock;
use greengrid_app::customer::OwnSites;
use greengrid_app::fleet::Directory;
use greengrid_app::identity::{Identity, NewUser, SessionLimits};
use greengrid_app::ingestion::connections::{Connections, Poller};
use greengrid_app::ingestion::{Imports, Ingestion};
use greengrid_app::messages::{Links, Messages};
use greengrid_app::monitoring::{Anomalies, AnomalyStore, Monitoring};
use greengrid_app::testing::FixedClock;
use greengrid_domain::identity::{NewPassword, Role, Scope, User};
use greengrid_http::{AppState, Registry, Settings};
use greengrid_infra::postgres::chat::PgChatStore;
use greengrid_infra::postgres::connections::{PgConnectionStore, PgCredentialStore};
use greengrid_infra::postgres::customer::PgHistoryStore;
use greengrid_infra::postgres::fleet::PgSiteStore;
use greengrid_infra::postgres::identity::{PgSessionStore, identity};
use greengrid_infra::postgres::ingestion::{PgEventStore, PgImportStore, PgQuarantineStore};
use greengrid_infra::postgres::messages::PgLetterStore;
use greengrid_infra::postgres::monitoring::{PgAnomalyStore, PgAssessmentStore, PgReadModels};
use greengrid_infra::postgres::testing::TestDatabase;
use greengrid_infra::postgres::{Notices, PgVitals, Pools};
use greengrid_infra::vendors::{Origins, Sealer, VendorGateways};
use greengrid_infra::{Argon2Passwords, PostLimits, RandomIds};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(crate) use browser::{Answer, Browser};
pub(crate) use program::{Program, Sent, packed};

/// The password of every account made by [`App::user`].
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The whole program on a database of its own.
pub(crate) struct App {
    pub(crate) db: Arc<TestDatabase>,
    pub(crate) identity: Identity,
    pub(crate) directory: Directory,
    pub(crate) connections: Connections,
    pub(crate) router: Router,
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

    async fn on(db: Arc<TestDatabase>, settings: Settings) -> Self {
        let pool = db.pool();
        let sessions = Arc::new(PgSessionStore::new(pool.clone(), SessionLimits::default()));
        let hasher = Arc::new(Argon2Passwords::cheap().unwrap());
        let identity = identity(&pool, hasher, false);
        let clock = Arc::new(FixedClock::at("2026-06-12T08:40:00Z".parse().unwrap()));
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
            .anomalies(store)
            .clock(clock.clone())
            .build();
        let own_sites = OwnSites::builder()
            .monitoring(monitoring.clone())
            .directory(directory.clone())
            .read_models(Arc::new(PgReadModels::new(pool.clone())))
            .store(Arc::new(PgHistoryStore::new(pool.clone())))
            .clock(clock.clone())
            .build();
        let ids = Arc::new(RandomIds);
        let events = PgEventStore::start(pool.clone());
        let pools = Pools { pages: pool.clone(), ingest: pool.clone() };
        let vitals = PgVitals::new(pools, events.clone(), clock.clone());
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
        let gateways = VendorGateways::new(Origins::default(), clock.clone());
        let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
        let connections = Connections::builder()
            .directory(directory.clone())
            .store(Arc::new(PgConnectionStore::new(pool.clone())))
            .credentials(Arc::new(PgCredentialStore::new(pool.clone(), sealer)))
            .gateways(Arc::new(gateways))
            .clock(clock.clone())
            .ids(Arc::new(RandomIds))
            .build();
        let live = Registry::new(sessions, settings.streams);
        let state = AppState::builder()
            .connections(connections.clone())
            .messages(Messages::builder().store(Arc::new(PgLetterStore::new(pool.clone()))).build())
            .links(Links::under("http://localhost"))
            .ingestion(ingestion)
            .imports(imports)
            .identity(identity.clone())
            .settings(Arc::new(settings))
            .monitoring(monitoring)
            .anomalies(anomalies)
            .chat(chat)
            .vitals(Arc::new(vitals))
            .own_sites(own_sites)
            .directory(directory.clone())
            .clock(clock)
            .live(live.clone())
            .build();
        let end = CancellationToken::new();
        let notices = Notices::listen(&pool, end.clone()).await.unwrap();
        tokio::spawn(live.run(notices.subscribe(), end.clone()));
        let router = greengrid_http::router(state);
        Self { db, identity, directory, connections, router, _running: end.drop_guard() }
    }

    /// Connections of this program to stand-ins for the vendors, and whoever
    /// polls them, by a clock of their own.
    pub(crate) fn connected_to(&self, base: &str, clock: Arc<dyn Clock>) -> (Connections, Poller) {
        let pool = self.db.pool();
        let gateways = VendorGateways::new(Origins::stand_ins(base), Arc::clone(&clock));
        let sealer = Sealer::new(b"0123456789abcdef0123456789abcdef");
        let connections = Connections::builder()
            .directory(self.directory.clone())
            .store(Arc::new(PgConnectionStore::new(pool.clone())))
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

/// The settings of a program reached by plain HTTP at whatever address.
pub(crate) fn settings() -> Settings {
    let secret = "0123456789abcdef0123456789abcdef".parse().unwrap();
    Settings::builder().secret(secret).build()
}

/// The settings of a program at `https://green.example`.
pub(crate) fn https() -> Settings {
    Settings { public_url: Some("https://green.example".parse().unwrap()), ..settings() }
}
