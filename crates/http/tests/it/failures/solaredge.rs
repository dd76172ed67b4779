//! What happened with SolarEdge.

use greengrid_app::ingestion::vendors::{Credentials, SecretText};
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_domain::ingestion::{Cause, Health};

use super::{SITES, World, credentials};

const SOLAREDGE: Brand = Brand::SolarEdge;

#[tokio::test]
async fn an_interface_that_ended_is_told_once_for_all_sites_and_wants_a_new_key() {
    let world = World::start().await;
    world.app.sites(["sun-2"]).await;
    world.connect("sun-2", SOLAREDGE, 1).await;
    world.later(0).await;

    world.inject(SOLAREDGE, "gone").await;
    let words = "he vendor ended the old connection; reconnect with a new key";
    world.assert_fails("sun", Cause::Retired, words).await;
    world.later(30).await;

    let page = world.page().await;
    let troubles = page.split("id=\"connections-troubles\"").nth(1).unwrap();
    let wrong = troubles.split("<section ").next().unwrap();
    assert_eq!(wrong.matches(words).count(), 1, "{wrong}");
    assert!(wrong.contains("/sites/sun\"") && wrong.contains("/sites/sun-2\""), "{wrong}");
    assert_eq!(world.health(&world.of("sun-2").await), Health::Down);
    assert!(world.tested("sun").await.contains(words));
    // The old interface itself.
    let old = world.asked("/solaredge/site/410000/overview?api_key=x", &[]).await;
    assert_eq!(old.status(), 410);
}

#[tokio::test]
async fn one_endpoint_that_ended_stops_nothing_else() {
    let world = World::start().await;
    world.inject_at(SOLAREDGE, "gone", "telemetry").await;

    world.later(0).await;

    world.assert_healthy("sun").await;
    assert!(world.readings("sun", "2026-06-12").await.len() > 10);
    let words = "roduction is fine, but not told apart by inverter; panel layout unavailable";
    for page in [world.page().await, world.site("sun").await, world.tested("sun").await] {
        assert!(page.contains(words), "{page}");
    }
    world.mend(SOLAREDGE).await;
    world.inject_at(SOLAREDGE, "gone", "devices").await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
    assert!(world.tested("sun").await.contains("the vendor has ended its devices"));
}

#[tokio::test]
async fn a_right_that_a_key_lacks_is_named_and_the_others_are_used() {
    let world = World::start().await;
    world.inject_at(SOLAREDGE, "forbidden", "site").await;
    world.later(0).await;

    let tested = world.tested("sun").await;

    let words = "the key lacks rights: ask the installer to let it see the site’s details";
    assert!(tested.contains(words), "{tested}");
    world.assert_healthy("sun").await;
    world.inject_at(SOLAREDGE, "forbidden", "overview").await;
    world.later(25 * 60).await;
    let page = world.page().await;
    assert!(page.contains("The key lacks rights: ask the installer to add them."), "{page}");
    assert!(page.contains("its sums"), "{page}");

    world.inject(SOLAREDGE, "forbidden").await;
    let words = "he key is good, but lacks the rights for this site";
    world.assert_fails("sun", Cause::PermissionMissing, words).await;
    let tested = world.tested("sun").await;
    let missing = "asked for: the site’s details, its devices, its readings, its alarms";
    assert!(tested.contains(missing), "{tested}");
    assert!(tested.contains("The installer"), "{tested}");
}

#[tokio::test]
async fn a_key_of_the_old_interface_is_told_apart_from_a_wrong_one() {
    let world = World::opened_by(|brand| match brand {
        SOLAREDGE => Credentials::SolarEdgeKey(SecretText::new("L4QLVQ1LOKCQX2193VSEICXW61NP6B1O")),
        _ => credentials(brand),
    })
    .await;

    let words = "his is a key for an older interface; create a v2 key";
    world.assert_fails("sun", Cause::CredentialKind, words).await;

    assert!(world.tested("sun").await.contains(words));
    assert_eq!(world.health(&world.of("sun").await), Health::Down);
}

#[tokio::test]
async fn a_quota_that_is_used_up_leaves_the_key_good_and_says_when_to_go_on() {
    let world = World::start().await;
    world.later(0).await;
    world.inject(SOLAREDGE, "month").await;

    let words = "he key is good, but the calls that its plan allows are used up";
    world.assert_fails("sun", Cause::QuotaSpent, words).await;

    assert!(world.page().await.contains("Retry at "));
    assert!(world.tested("sun").await.contains(words));
    world.mend(SOLAREDGE).await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
}

#[tokio::test]
async fn calls_of_one_key_never_overlap_and_too_many_pass_by_themselves() {
    let world = World::start().await;
    world.app.sites(["sun-2", "sun-3"]).await;
    world.connect("sun-2", SOLAREDGE, 1).await;
    world.connect("sun-3", SOLAREDGE, 2).await;
    world.inject(SOLAREDGE, "one_at_a_time").await;

    world.later(0).await;

    for code in ["sun", "sun-2", "sun-3"] {
        world.assert_healthy(code).await;
    }
    let key = [("x-api-key", "stand-in-fleet-key")];
    let ask = || world.asked("/solaredge/v2/sites", &key);
    let both = tokio::join!(ask(), ask());
    assert_eq!([both.0.status().as_u16(), both.1.status().as_u16()].iter().max(), Some(&429));
    world.inject(SOLAREDGE, "minute").await;
    let words = "oo many calls in a short time; this passes by itself";
    world.assert_fails("sun", Cause::RateLimited, words).await;
    assert!(world.page().await.contains("Retry at "));
    world.mend(SOLAREDGE).await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
}

#[tokio::test]
async fn a_fault_of_the_vendor_is_not_the_customers_and_its_zero_is_not_believed() {
    let world = World::start().await;
    world.later(0).await;
    world.inject(SOLAREDGE, "bad_gateway").await;
    let words = "he vendor’s server has a fault; it is not the customer’s";
    world.assert_fails("sun", Cause::VendorFault, words).await;
    world.mend(SOLAREDGE).await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
    world.inject(SOLAREDGE, "zero_energy").await;

    world.again("sun").await;

    world.assert_healthy("sun").await;
    let words = "Ignored a zero beside a power that contradicts it: the vendor’s fault";
    for page in [world.page().await, world.site("sun").await] {
        assert!(page.contains(words), "{page}");
    }
    // Site, time, device, power, energy.
    let readings = world.readings("sun", "2026-06-12").await;
    let newest: Vec<Vec<&str>> = readings
        .iter()
        .filter(|line| line.contains("T09:0"))
        .map(|l| l.split(',').collect())
        .collect();
    assert!(!newest.is_empty(), "{readings:?}");
    for fields in newest {
        assert!(fields.len() > 4 && fields[4] != "0", "{fields:?}");
    }
}

#[tokio::test]
async fn a_site_that_sends_nothing_new_is_connected_and_silent() {
    let world = World::start().await;
    world.later(0).await;
    world.inject(SOLAREDGE, "frozen").await;

    for _ in 0..4 {
        world.later(60).await;
    }

    let silent = world.of("sun").await;
    assert_eq!(silent.record.cause, Some(Cause::NoFreshData));
    assert_eq!(world.health(&silent), Health::Degraded);
    let page = world.page().await;
    assert!(page.contains("Connected, no data since 10:45: check the internet"), "{page}");
    let overview = world.app.signed_in(Role::Ops).await.get("/overview").await.text;
    assert!(overview.contains("onnected, but the site has sent nothing new"), "{overview}");
    assert!(world.tested("sun").await.contains("last reading 12 Jun 10:30"));
    world.mend(SOLAREDGE).await;
    world.again("sun").await;
    world.assert_healthy("sun").await;
}

#[tokio::test]
async fn sums_that_contradict_each_other_are_flagged_and_not_used() {
    let world = World::start().await;
    for (_, brand) in SITES {
        world.inject(brand, "wrong_totals").await;
    }

    world.later(0).await;

    let page = world.page().await;
    assert_eq!(page.matches("Totals disagree; daily values used.").count(), 3, "{page}");
    for (code, _) in SITES {
        world.assert_healthy(code).await;
        assert!(world.readings(code, "2026-06-12").await.len() > 10, "{code}");
    }
    let words = "otals disagree; daily values used";
    assert!(world.site("sun").await.contains(words));
    assert!(world.tested("enp").await.contains(words));
}

#[tokio::test]
async fn an_inverter_in_the_place_of_another_begins_anew_and_the_history_goes_on() {
    let world = World::start().await;
    world.later(0).await;
    world.inject(SOLAREDGE, "replaced").await;

    world.later(25 * 60).await;
    world.later(15).await;

    let words = "Inverter replaced on 13 Jun 2026; history joined.";
    for page in [world.page().await, world.site("sun").await] {
        assert!(page.contains(words), "{page}");
    }
    world.assert_healthy("sun").await;
    let serial = |line: &String| line.split(',').nth(2).unwrap().to_owned();
    let before: Vec<String> =
        world.readings("sun", "2026-06-11").await.iter().map(serial).collect();
    let after: Vec<String> = world.readings("sun", "2026-06-13").await.iter().map(serial).collect();
    let new = after.iter().find(|serial| serial.ends_with("-2")).expect("its readings");
    assert!(!before.contains(new) && before.contains(&new.trim_end_matches("-2").to_owned()));
    assert!(world.site("sun").await.contains(&format!("by {new}")));
    // It is told once, whenever it is looked at again.
    world.later(25 * 60).await;
    assert_eq!(world.site("sun").await.matches("Inverter replaced on").count(), 1);
}
