//! The adapters against the stand-ins, over sockets, up to the stored state.

use std::sync::Arc;
use std::time::Instant;

use greengrid_app::actor::Actor;
use greengrid_app::clock::Clock;
use greengrid_app::ingestion::connections::{Connection, Connections, Poller};
use greengrid_app::ingestion::vendors::{
    Check, Credentials, OAuthClient, OAuthTokens, Outcome, SecretText,
};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health, Quota};
use greengrid_http::bootstrap;
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;

use crate::support::{Answer, App, fetch};

const SITES: [(&str, Brand); 3] =
    [("sun", Brand::SolarEdge), ("fro", Brand::Fronius), ("enp", Brand::Enphase)];

/// A clock that goes on by itself, so that calls are paced, and can be moved.
struct MovingClock {
    began: Instant,
    ahead: Mutex<SignedDuration>,
}

impl MovingClock {
    fn advance(&self, by: SignedDuration) {
        *self.ahead.lock() += by;
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.began.elapsed()).unwrap();
        now() + passed + *self.ahead.lock()
    }
}

/// A fleet of three sites, one of each brand, connected to stand-ins.
struct World {
    app: App,
    clock: Arc<MovingClock>,
    base: String,
    connections: Connections,
    poller: Poller,
}

fn now() -> Timestamp {
    "2026-06-12T08:40:00Z".parse().unwrap()
}

async fn world() -> World {
    world_opened_by(credentials).await
}

async fn world_opened_by(credentials: impl Fn(Brand) -> Credentials) -> World {
    let clock = Arc::new(MovingClock { began: Instant::now(), ahead: Mutex::default() });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stand_ins = bootstrap::stand_ins_by(1, 60, Arc::clone(&clock) as Arc<dyn Clock>);
    tokio::spawn(async move { axum::serve(listener, stand_ins).await });
    let app = App::start().await;
    app.sites(SITES.map(|(code, _)| code)).await;
    let (connections, poller) = app.connected_to(&base, Arc::clone(&clock) as _);
    let world = World { app, clock, base, connections, poller };
    for (code, brand) in SITES {
        world.connect(code, brand, credentials(brand)).await;
    }
    world
}

fn credentials(brand: Brand) -> Credentials {
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

fn client() -> OAuthClient {
    OAuthClient { id: "stand-in".to_owned(), secret: SecretText::new("stand-in-secret") }
}

/// Tokens of which the access token has ended.
fn ended(refresh: &str) -> OAuthTokens {
    OAuthTokens {
        access: SecretText::new(""),
        access_until: now(),
        refresh: SecretText::new(refresh),
        refresh_until: now() + SignedDuration::from_hours(720),
    }
}

impl World {
    /// Connects a site to the first of its brand at the stand-in.
    async fn connect(&self, code: &str, brand: Brand, credentials: Credentials) {
        let quota = Quota { per_minute: 6_000, per_day: None, per_month: None };
        let name = brand.name();
        self.connections
            .add_credential(&Actor::System, brand, name, credentials, quota)
            .await
            .unwrap();
        let external = Self::first_of(brand);
        let (code, every) = (code.parse().unwrap(), SignedDuration::from_mins(15));
        let external = external.parse().unwrap();
        self.connections.connect(&Actor::System, &code, name, external, every).await.unwrap();
    }

    /// Position in the demo fleet of the first site of a brand, as its number.
    fn first_of(brand: Brand) -> String {
        let fleet = greengrid_infra::demo::DemoFleet::plan(1, 60);
        let position = fleet.sites.iter().position(|site| site.details.brand == brand).unwrap();
        match brand {
            Brand::SolarEdge => (410_000 + position).to_string(),
            Brand::Fronius => format!("20f1c2aa-0000-4000-8000-{position:012x}"),
            _ => (700_000 + position).to_string(),
        }
    }

    /// Breaks a vendor for all calls to come.
    async fn inject(&self, brand: Brand, fault: &str) {
        self.control(&format!(r#"{{"brand":"{brand}","fault":"{fault}","calls":999}}"#)).await;
    }

    /// Mends a vendor.
    async fn mend(&self, brand: Brand) {
        self.control(&format!(r#"{{"brand":"{brand}","fault":"gone","calls":0}}"#)).await;
    }

    async fn control(&self, body: &str) {
        let body = body.to_owned();
        let request = http::Request::post(format!("{}/control", self.base))
            .header("content-type", "application/json")
            .body(http_body_util::Full::new(bytes::Bytes::from(body)))
            .unwrap();
        assert_eq!(fetch(request).await.status(), 204);
    }

    /// Lets time pass and polls what is due.
    async fn later(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
        self.poller.poll_due().await.unwrap();
    }

    async fn of(&self, code: &str) -> Connection {
        let site = self.app.directory.snapshot();
        let site = site.site_by_code(&code.parse().unwrap()).unwrap().id;
        let (all, ..) = self.connections.list(&Actor::System).await.unwrap();
        all.into_iter().find(|connection| connection.site == site).unwrap()
    }

    /// Tests a connection, for which more is asked than for readings.
    async fn tested(&self, code: &str) {
        let id = self.of(code).await.id;
        self.connections.test(&Actor::System, id, |_| {}).await.unwrap();
    }

    fn health(&self, connection: &Connection) -> Health {
        connection.record.health(self.clock.now())
    }

    async fn page(&self) -> Answer {
        self.app.signed_in(Role::Ops).await.get("/connections").await
    }
}

#[tokio::test]
async fn readings_of_all_three_brands_come_in_from_the_real_interfaces() {
    let world = world().await;

    world.later(0).await;

    for (code, brand) in SITES {
        let connection = world.of(code).await;
        assert_eq!(world.health(&connection), Health::Healthy, "{brand}: {:?}", connection.said);
        let newest = connection.progress.newest.unwrap();
        assert!(
            world.clock.now().duration_since(newest) < SignedDuration::from_mins(40),
            "{brand}"
        );
        let page = format!("/sites/{code}/readings.csv");
        let csv = world.app.signed_in(Role::Ops).await.get(&page).await.text;
        assert!(csv.lines().count() > 10, "{brand}: {csv}");
    }
}

#[tokio::test]
async fn a_test_finds_everything_good_and_says_what_is_not() {
    let world = world().await;
    for (code, brand) in SITES {
        let id = world.of(code).await.id;
        let mut checks: Vec<Check> = Vec::new();
        world.connections.test(&Actor::System, id, |check| checks.push(check)).await.unwrap();
        let failed = checks.iter().find(|check| matches!(check.outcome, Outcome::Failed { .. }));
        assert_eq!((checks.len(), failed), (9, None), "{brand}");
        world.clock.advance(SignedDuration::from_mins(2));
    }
}

#[tokio::test]
async fn every_fault_of_a_vendor_is_stored_and_shown_in_words_and_heals() {
    let world = world().await;
    world.later(0).await;
    for (brand, fault, cause) in [
        (Brand::SolarEdge, "bad_gateway", Cause::VendorFault),
        (Brand::SolarEdge, "maintenance", Cause::VendorFault),
        (Brand::SolarEdge, "minute", Cause::RateLimited),
        (Brand::SolarEdge, "month", Cause::QuotaSpent),
        (Brand::SolarEdge, "key", Cause::CredentialRejected),
        (Brand::SolarEdge, "gone", Cause::Retired),
        (Brand::SolarEdge, "nonsense", Cause::ContractChanged),
        (Brand::Fronius, "bad_gateway", Cause::VendorFault),
        (Brand::Fronius, "maintenance", Cause::Maintenance),
        (Brand::Fronius, "minute", Cause::RateLimited),
        (Brand::Fronius, "key", Cause::CredentialExpired),
        (Brand::Fronius, "nonsense", Cause::VendorFault),
        (Brand::Enphase, "maintenance", Cause::Maintenance),
        (Brand::Enphase, "minute", Cause::RateLimited),
        (Brand::Enphase, "month", Cause::QuotaSpent),
        (Brand::Enphase, "key", Cause::CredentialRejected),
        (Brand::Enphase, "gone", Cause::Retired),
        (Brand::Enphase, "nonsense", Cause::ContractChanged),
    ] {
        let (code, _) = SITES.into_iter().find(|(_, of)| *of == brand).unwrap();
        let id = world.of(code).await.id;
        world.inject(brand, fault).await;

        world.clock.advance(SignedDuration::from_mins(16));
        world.connections.try_now(&Actor::System, id).await.unwrap();
        world.poller.poll_due().await.unwrap();

        let broken = world.of(code).await;
        assert_eq!(broken.record.cause, Some(cause), "{brand} {fault}: {:?}", broken.said);
        assert_ne!(world.health(&broken), Health::Healthy);
        let page = world.page().await.text;
        let words: String = cause.words().chars().skip(1).collect();
        assert!(page.contains(&words), "{brand} {fault}");
        let overview = world.app.signed_in(Role::Ops).await.get("/overview").await.text;
        assert!(overview.contains(&words), "{brand} {fault}: {overview}");
        world.mend(brand).await;
        world.clock.advance(SignedDuration::from_mins(2));
        world.connections.try_now(&Actor::System, id).await.unwrap();
        world.poller.poll_due().await.unwrap();
        let healed = world.of(code).await;
        assert_eq!(world.health(&healed), Health::Healthy, "{brand} {fault}: {:?}", healed.said);
    }
    let overview = world.app.signed_in(Role::Ops).await.get("/overview").await.text;
    assert!(!overview.contains("h-vendors"), "{overview}");
}

#[tokio::test]
async fn a_changed_answer_is_told_on_the_page_while_readings_still_come() {
    let world = world().await;
    world.later(0).await;
    world.tested("enp").await;
    let before = world.page().await.text;

    world.inject(Brand::Enphase, "new_field").await;
    world.later(25 * 60).await;
    world.tested("enp").await;
    let told = world.page().await.text;
    world.mend(Brand::Enphase).await;
    world.later(25 * 60).await;
    world.tested("enp").await;
    let after = world.page().await.text;

    assert!(before.contains("As we know it:"), "{before}");
    assert!(told.contains("“systems[].revision” is new: a number."), "{told}");
    assert!(told.contains("the list of systems"), "{told}");
    assert_eq!(world.health(&world.of("enp").await), Health::Healthy);
    assert!(!after.contains("revision"), "{after}");
}

#[tokio::test]
async fn what_an_owner_of_solaredge_approved_is_renewed_in_time_and_opens_one_site() {
    let site = World::first_of(Brand::SolarEdge);
    let refresh = format!("stand-in-site-refresh-{site}-5.0");
    let world = world_opened_by(|brand| match brand {
        Brand::SolarEdge => {
            Credentials::SolarEdgeOAuth { client: client(), tokens: ended(&refresh) }
        }
        _ => credentials(brand),
    })
    .await;

    world.later(0).await;
    let first = world.of("sun").await;
    // The stand-in ends what is older than two hours.
    world.later(119).await;
    let second = world.of("sun").await;

    for connection in [&first, &second] {
        assert_eq!(world.health(connection), Health::Healthy, "{:?}", connection.said);
    }
    let status = async |path: &str, token: &str| {
        let request = http::Request::get(format!("{}/solaredge/v2/{path}", world.base))
            .header("authorization", format!("Bearer {token}"))
            .body(http_body_util::Full::default())
            .unwrap();
        fetch(request).await.status().as_u16()
    };
    let (spent, fresh) =
        (format!("stand-in-site-access-{site}-5.1"), format!("stand-in-site-access-{site}-5.2"));
    assert_eq!(status(&format!("sites/{site}"), &spent).await, 401, "not renewed twice");
    assert_eq!(status(&format!("sites/{site}"), &fresh).await, 200);
    assert_eq!(status("sites/410999", &fresh).await, 403);
    assert_eq!(status("sites", &fresh).await, 403);
    assert_eq!(status(&format!("sites/{site}"), "stand-in-access-3").await, 401);
}
