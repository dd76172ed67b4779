//! What really goes wrong with vendors, each thing once: from the stand-in over
//! a socket up to what is stored, and to the words on the page.

mod alarms;
mod counters;
mod enphase;
mod fronius;
mod solaredge;

use std::sync::Arc;
use std::time::Instant;

use greengrid_app::actor::Actor;
use greengrid_app::clock::Clock;
use greengrid_app::ingestion::connections::{Connection, Connections, Link, Poller};
use greengrid_app::ingestion::vendors::{Credentials, OAuthClient, OAuthTokens, SecretText};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health, Quota};
use greengrid_http::bootstrap;
use greengrid_infra::demo::DemoFleet;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::support::{Answer, App, fetch, settings};

/// The sites of every world, one of each brand.
pub(crate) const SITES: [(&str, Brand); 3] =
    [("sun", Brand::SolarEdge), ("fro", Brand::Fronius), ("enp", Brand::Enphase)];

/// Calls of a key that the stand-ins allow in a minute: here the clock is moved
/// by hand, and what is meant to be refused is said.
const PER_MINUTE: usize = 200;

/// A clock that goes on by itself, so that calls are paced, and can be moved.
struct MovingClock {
    began: Instant,
    ahead: Mutex<SignedDuration>,
}

impl Clock for MovingClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap();
        now() + passed + *self.ahead.lock()
    }
}

/// A fleet of three sites connected to stand-ins.
pub(crate) struct World {
    pub(crate) app: App,
    clock: Arc<MovingClock>,
    pub(crate) base: String,
    pub(crate) connections: Connections,
    pub(crate) poller: Poller,
}

/// The moment at which every world begins: a June morning.
pub(crate) fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

/// What opens the stand-in of a brand.
pub(crate) fn credentials(brand: Brand) -> Credentials {
    let secret = SecretText::new;
    match brand {
        Brand::SolarEdge => Credentials::SolarEdgeKey(secret("stand-in-fleet-key")),
        Brand::Fronius => Credentials::Fronius {
            key_id: "FKIA0000000000000000000000000STANDIN".to_owned(),
            key_value: secret("7f7c5f8e-0000-4000-8000-00000000f00d"),
        },
        _ => Credentials::Enphase {
            app_key: secret("stand-in-app-key"),
            client: client(),
            tokens: ended("stand-in-refresh-0"),
        },
    }
}

pub(crate) fn client() -> OAuthClient {
    OAuthClient { id: "stand-in".to_owned(), secret: SecretText::new("stand-in-secret") }
}

/// Tokens of which the access token has ended.
pub(crate) fn ended(refresh: &str) -> OAuthTokens {
    OAuthTokens {
        access: SecretText::new(""),
        access_until: now(),
        refresh: SecretText::new(refresh),
        refresh_until: now() + SignedDuration::from_hours(720),
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::opened_by(credentials).await
    }

    /// The same with credentials of its own.
    pub(crate) async fn opened_by(credentials: impl Fn(Brand) -> Credentials) -> Self {
        let clock = Arc::new(MovingClock { began: Instant::now(), ahead: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let by: Arc<dyn Clock> = clock.clone();
        let stand_ins = bootstrap::stand_ins_allowing(PER_MINUTE, 1, 60, by);
        tokio::spawn(async move { axum::serve(listener, stand_ins).await });
        let mut settings = settings();
        settings.vendor_stand_ins = Some(base.clone());
        let app = App::with(settings).await;
        app.sites(SITES.map(|(code, _)| code)).await;
        let (connections, poller) = app.connected_to(&base, Arc::clone(&clock) as _);
        let world = Self { app, clock, base, connections, poller };
        for (code, brand) in SITES {
            let quota = Quota { per_minute: 6_000, per_day: None, per_month: None };
            let added = world.connections.add_credential(
                &Actor::System,
                brand,
                brand.name(),
                credentials(brand),
                quota,
            );
            added.await.unwrap();
            world.connect(code, brand, 0).await;
        }
        world
    }

    /// Connects a site to one of its brand at the stand-in, by its position
    /// among them.
    pub(crate) async fn connect(&self, code: &str, brand: Brand, which: usize) {
        let external = Self::number_of(brand, which).parse().unwrap();
        let (code, every) = (code.parse().unwrap(), SignedDuration::from_mins(15));
        let name = brand.name();
        self.connections.connect(&Actor::System, &code, name, external, every).await.unwrap();
    }

    /// What the vendor calls one of the sites of its brand.
    pub(crate) fn number_of(brand: Brand, which: usize) -> String {
        let fleet = DemoFleet::plan(1, 60);
        let of_brand =
            |(_, site): &(usize, &greengrid_infra::demo::DemoSite)| site.details.brand == brand;
        let (position, _) = fleet.sites.iter().enumerate().filter(of_brand).nth(which).unwrap();
        match brand {
            Brand::SolarEdge => (410_000 + position).to_string(),
            Brand::Fronius => format!("20f1c2aa-0000-4000-8000-{position:012x}"),
            _ => (700_000 + position).to_string(),
        }
    }

    /// What the vendor calls the first site of a brand.
    pub(crate) fn first_of(brand: Brand) -> String {
        Self::number_of(brand, 0)
    }

    /// Breaks a vendor for all calls to come.
    pub(crate) async fn inject(&self, brand: Brand, fault: &str) {
        self.control(&format!(r#"{{"brand":"{brand}","fault":"{fault}","calls":9999}}"#)).await;
    }

    /// Breaks one call of a vendor.
    async fn inject_at(&self, brand: Brand, fault: &str, call: &str) {
        let body =
            format!(r#"{{"brand":"{brand}","fault":"{fault}","calls":9999,"call":"{call}"}}"#);
        self.control(&body).await;
    }

    /// Mends a vendor.
    pub(crate) async fn mend(&self, brand: Brand) {
        self.control(&format!(r#"{{"brand":"{brand}","fault":"gone","calls":0}}"#)).await;
    }

    async fn control(&self, body: &str) {
        let request = http::Request::post(format!("{}/control", self.base))
            .header("content-type", "application/json")
            .body(http_body_util::Full::new(bytes::Bytes::from(body.to_owned())))
            .unwrap();
        assert_eq!(fetch(request).await.status(), 204);
    }

    /// What a stand-in answers to a request of anybody’s.
    async fn asked(&self, path: &str, headers: &[(&str, &str)]) -> http::Response<String> {
        let request = http::Request::get(format!("{}{path}", self.base));
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        fetch(request.body(http_body_util::Full::default()).unwrap()).await
    }

    /// Lets time pass for everybody.
    pub(crate) fn pass(&self, minutes: i64) {
        let by = SignedDuration::from_mins(minutes);
        *self.clock.ahead.lock() += by;
        self.app.clock.advance(by);
    }

    /// Lets time pass and polls what is due.
    pub(crate) async fn later(&self, minutes: i64) {
        self.pass(minutes);
        self.poller.poll_due().await.unwrap();
    }

    /// Lets a quarter of an hour pass and polls a site, due or not.
    pub(crate) async fn again(&self, code: &str) -> Connection {
        let id = self.of(code).await.id;
        self.pass(16);
        self.connections.try_now(&Actor::System, id).await.unwrap();
        self.poller.poll_due().await.unwrap();
        self.of(code).await
    }

    /// The polled connection of a site.
    pub(crate) async fn of(&self, code: &str) -> Connection {
        self.connection(code, |link| *link != Link::Pushed).await
    }

    /// The connection of a site whose device sends by itself.
    async fn pushed(&self, code: &str) -> Connection {
        self.connection(code, |link| *link == Link::Pushed).await
    }

    async fn connection(&self, code: &str, is_it: impl Fn(&Link) -> bool) -> Connection {
        let fleet = self.app.directory.snapshot();
        let site = fleet.site_by_code(&code.parse().unwrap()).unwrap().id;
        let (all, ..) = self.connections.list(&Actor::System).await.unwrap();
        all.into_iter().find(|known| known.site == site && is_it(&known.link)).unwrap()
    }

    pub(crate) fn health(&self, connection: &Connection) -> Health {
        connection.record.health(self.clock.now())
    }

    /// Fails unless a site is polled well.
    async fn assert_healthy(&self, code: &str) {
        let connection = self.of(code).await;
        assert_eq!(self.health(&connection), Health::Healthy, "{:?}", connection.said);
    }

    /// Polls a site, which has to fail for this cause, in these words on the
    /// pages of connections and on the overview.
    async fn assert_fails(&self, code: &str, cause: Cause, words: &str) {
        let broken = self.again(code).await;
        assert_eq!(broken.record.cause, Some(cause), "{:?}", broken.said);
        assert_ne!(self.health(&broken), Health::Healthy);
        let page = self.page().await;
        assert!(page.contains(words), "{words}: {page}");
        let overview = self.app.signed_in(Role::Ops).await.get("/overview").await.text;
        assert!(overview.contains(words), "{words}: {overview}");
    }

    /// The page of connections.
    pub(crate) async fn page(&self) -> String {
        self.app.signed_in(Role::Ops).await.get("/connections").await.text
    }

    /// The page of a site.
    async fn site(&self, code: &str) -> String {
        self.app.signed_in(Role::Ops).await.get(&format!("/sites/{code}")).await.text
    }

    /// The page that a test of a connection leads to.
    pub(crate) async fn tested(&self, code: &str) -> String {
        let id = self.of(code).await.id;
        let mut ops = self.app.signed_in(Role::Ops).await;
        let answer: Answer = ops.post(&format!("/connections/{id}/test"), &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.text
    }

    /// Has a connection tested by whoever compares answers with what is known.
    async fn looked_at(&self, code: &str) {
        let id = self.of(code).await.id;
        self.connections.test(&Actor::System, id, |_| {}).await.unwrap();
    }

    /// The readings of a site on a day, as lines of CSV without their header.
    async fn readings(&self, code: &str, day: &str) -> Vec<String> {
        let path = format!("/sites/{code}/readings.csv?from={day}&to={day}");
        let csv = self.app.signed_in(Role::Ops).await.get(&path).await.text;
        csv.lines().skip(1).map(str::to_owned).collect()
    }
}
