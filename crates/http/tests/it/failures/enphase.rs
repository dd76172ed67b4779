//! What happened with Enphase, and what only its interface shows.

use greengrid_app::ingestion::vendors::{Credentials, OAuthTokens, SecretText};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health};
use jiff::SignedDuration;

use super::{World, client, credentials, now};
use crate::onboarding::{begun, save, typed};
use crate::support::fetch;

const ENPHASE: Brand = Brand::Enphase;

#[tokio::test]
async fn an_answer_that_changed_silently_is_told_before_it_breaks_anything() {
    let world = World::start().await;
    world.later(0).await;
    world.looked_at("enp").await;
    let before = world.page().await;

    world.inject(ENPHASE, "new_field").await;
    world.later(25 * 60).await;
    world.looked_at("enp").await;
    let told = world.page().await;
    world.mend(ENPHASE).await;
    world.later(25 * 60).await;
    world.looked_at("enp").await;
    let after = world.page().await;

    assert!(before.contains("As we know it:"), "{before}");
    assert!(told.contains("“systems[].revision” is new: a number."), "{told}");
    assert!(told.contains("the list of systems"), "{told}");
    assert_eq!(world.health(&world.of("enp").await), Health::Healthy);
    assert!(!after.contains("revision"), "{after}");
}

#[tokio::test]
async fn an_approval_that_ends_is_told_in_time_and_asks_the_owner_once_it_has() {
    let world = World::opened_by(|brand| match brand {
        ENPHASE => Credentials::Enphase {
            app_key: SecretText::new("stand-in-app-key"),
            client: client(),
            tokens: OAuthTokens {
                access: SecretText::new("stand-in-access-0"),
                access_until: now() + SignedDuration::from_hours(23),
                refresh: SecretText::new("stand-in-refresh-0"),
                // The twenty-first of thirty days.
                refresh_until: now() + SignedDuration::from_hours(9 * 24),
            },
        },
        _ => credentials(brand),
    })
    .await;

    world.later(0).await;

    world.assert_healthy("enp").await;
    let page = world.page().await;
    assert!(page.contains("Owner must re-approve by 21 Jun 2026: send the link."), "{page}");
    world.inject(ENPHASE, "approval_ended").await;
    world.pass(24 * 60);
    let words = "ccess has run out: the owner must approve again";
    world.assert_fails("enp", Cause::CredentialExpired, words).await;
    assert!(world.page().await.contains("Send the owner the link to approve again."));
    assert!(world.tested("enp").await.contains(words));
    // A renewal in time moves the end by thirty days.
    world.mend(ENPHASE).await;
    world.again("enp").await;
    world.assert_healthy("enp").await;
    assert!(!world.page().await.contains("Owner must re-approve"));
}

#[tokio::test]
async fn a_plan_that_lacks_a_call_is_blamed_and_not_the_sign_in() {
    let world = World::start().await;
    world.later(0).await;
    world.inject_at(ENPHASE, "key", "production").await;

    let words = "he sign-in is good, but our plan with the vendor is too small";
    world.assert_fails("enp", Cause::PlanTooSmall, words).await;

    assert!(world.tested("enp").await.contains(words));
    // A sign-in that is bad is bad for the list too.
    world.inject(ENPHASE, "key").await;
    let words = "he vendor does not accept this key or sign-in";
    world.assert_fails("enp", Cause::CredentialRejected, words).await;
}

#[tokio::test]
async fn enphase_is_connected_by_an_approval_alone_since_its_sign_in_is_no_interface() {
    let app = crate::onboarding::app().await;
    let world = World::start().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let mut fields = typed();
    fields.retain(|(key, _)| *key != "brand");
    fields.push(("brand", "enphase".to_owned()));
    save(&mut cs, &case, &fields).await;

    let page = cs.get(&case).await.text;
    let scraped = world.asked("/enphase/login", &[]).await;
    let by_password = http::Request::post(format!(
        "{}/enphase/oauth/token?grant_type=password&username=a&password=b",
        world.base
    ))
    .header("authorization", "Basic c3RhbmQtaW46c3RhbmQtaW4tc2VjcmV0")
    .body(http_body_util::Full::default())
    .unwrap();

    assert!(page.contains("Connect with Enphase"), "{page}");
    assert!(!page.contains("type=\"password\"") && !page.contains("Or with a key"), "{page}");
    assert!(!page.contains("class=\"form keyform\""), "{page}");
    assert_eq!(scraped.status(), 403);
    assert_eq!(fetch(by_password).await.status(), 400);
}

#[tokio::test]
async fn a_meter_that_stops_is_told_and_changes_nothing_that_is_counted() {
    let world = World::start().await;
    world.later(0).await;
    let before = world.readings("enp", "2026-06-11").await;
    world.inject(ENPHASE, "meter_stopped").await;

    world.later(25 * 60).await;
    world.later(15).await;

    world.assert_healthy("enp").await;
    let words = "Meter stopped; using microinverters.";
    for page in [world.page().await, world.site("enp").await] {
        assert!(page.contains(words), "{page}");
    }
    // The series goes on as that of the microinverters, five minutes each; that
    // of the meter is not even asked for.
    assert_eq!(world.readings("enp", "2026-06-11").await, before);
    let after = world.readings("enp", "2026-06-12").await;
    assert!(after.len() > 60, "{}", after.len());
    let meter = "/enphase/api/v4/systems/700000/telemetry/production_meter";
    assert_eq!(world.asked(meter, &[]).await.status(), 404);
}
