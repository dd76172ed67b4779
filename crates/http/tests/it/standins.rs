//! The adapters against the stand-ins, over sockets, up to the stored state.

use greengrid_app::actor::Actor;
use greengrid_app::ingestion::vendors::{Check, Credentials, Outcome};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health};
use jiff::SignedDuration;

use crate::failures::{SITES, World, client, credentials, ended, now};
use crate::support::fetch;

#[tokio::test]
async fn readings_of_all_three_brands_come_in_from_the_real_interfaces() {
    let world = World::start().await;

    world.later(0).await;

    for (code, brand) in SITES {
        let connection = world.of(code).await;
        assert_eq!(world.health(&connection), Health::Healthy, "{brand}: {:?}", connection.said);
        let newest = connection.progress.newest.unwrap();
        assert!(now().duration_since(newest) < SignedDuration::from_mins(40), "{brand}");
        let page = format!("/sites/{code}/readings.csv");
        let csv = world.app.signed_in(Role::Ops).await.get(&page).await.text;
        assert!(csv.lines().count() > 10, "{brand}: {csv}");
    }
}

#[tokio::test]
async fn a_test_finds_everything_good_and_says_what_is_not() {
    let world = World::start().await;
    for (code, brand) in SITES {
        let id = world.of(code).await.id;
        let mut checks: Vec<Check> = Vec::new();
        world.connections.test(&Actor::System, id, |check| checks.push(check)).await.unwrap();
        let failed = checks.iter().find(|check| matches!(check.outcome, Outcome::Failed { .. }));
        assert_eq!((checks.len(), failed), (9, None), "{brand}");
        world.pass(2);
    }
}

#[tokio::test]
async fn every_fault_of_a_vendor_is_stored_and_shown_in_words_and_heals() {
    let world = World::start().await;
    world.later(0).await;
    for (brand, fault, cause) in [
        (Brand::SolarEdge, "maintenance", Cause::VendorFault),
        (Brand::SolarEdge, "key", Cause::CredentialRejected),
        (Brand::SolarEdge, "nonsense", Cause::ContractChanged),
        (Brand::Fronius, "bad_gateway", Cause::VendorFault),
        (Brand::Fronius, "maintenance", Cause::Maintenance),
        (Brand::Fronius, "minute", Cause::RateLimited),
        (Brand::Fronius, "key", Cause::CredentialExpired),
        (Brand::Fronius, "nonsense", Cause::VendorFault),
        (Brand::Enphase, "maintenance", Cause::Maintenance),
        (Brand::Enphase, "minute", Cause::RateLimited),
        (Brand::Enphase, "month", Cause::QuotaSpent),
        (Brand::Enphase, "gone", Cause::Retired),
        (Brand::Enphase, "nonsense", Cause::ContractChanged),
    ] {
        let (code, _) = SITES.into_iter().find(|(_, of)| *of == brand).unwrap();
        world.inject(brand, fault).await;

        let broken = world.again(code).await;
        assert_eq!(broken.record.cause, Some(cause), "{brand} {fault}: {:?}", broken.said);
        assert_ne!(world.health(&broken), Health::Healthy);
        let page = world.page().await;
        let words: String = cause.words().chars().skip(1).collect();
        assert!(page.contains(&words), "{brand} {fault}");
        let overview = world.app.signed_in(Role::Ops).await.get("/overview").await.text;
        assert!(overview.contains(&words), "{brand} {fault}: {overview}");
        world.mend(brand).await;
        let healed = world.again(code).await;
        assert_eq!(world.health(&healed), Health::Healthy, "{brand} {fault}: {:?}", healed.said);
    }
    let overview = world.app.signed_in(Role::Ops).await.get("/overview").await.text;
    assert!(!overview.contains("h-vendors"), "{overview}");
}

#[tokio::test]
async fn what_an_owner_of_solaredge_approved_is_renewed_in_time_and_opens_one_site() {
    let site = World::first_of(Brand::SolarEdge);
    let refresh = format!("stand-in-site-refresh-{site}-5.0");
    let world = World::opened_by(|brand| match brand {
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
