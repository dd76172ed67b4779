//! The administrator's pages of what opens the interfaces of vendors.

use greengrid_app::actor::Actor;
use greengrid_domain::identity::Role;
use jiff::SignedDuration;

use crate::support::App;

const KEY: &str = "J4K2-0123456789abcdef";
const OTHER: &str = "L5M3-fedcba9876543210";

#[tokio::test]
async fn a_key_is_given_replaced_planned_and_taken_away_and_never_shown() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;
    assert!(admin.get("/admin/keys").await.text.contains("No key yet"));
    assert!(admin.get("/admin/keys/new?brand=fronius").await.text.contains("AccessKeyId"));

    let form = [
        ("brand", "solaredge"),
        ("name", "Helio, all sites"),
        ("solaredge_key", KEY),
        ("minute", "10"),
        ("day", ""),
        ("month", "2,000"),
    ];
    let given = admin.post("/admin/keys", &form).await;
    assert_eq!(given.status, 303, "{}", given.text);
    let page = given.header("location").to_owned();
    let again = admin.post("/admin/keys", &form).await;
    assert_eq!(again.status, 422);
    assert!(again.text.contains("There is a key of this name already."), "{}", again.text);

    let replaced = admin.post(&format!("{page}/replace"), &[("solaredge_key", OTHER)]).await;
    assert_eq!(replaced.status, 303);
    let plan = [("minute", "60"), ("day", "900"), ("month", "")];
    assert_eq!(admin.post(&format!("{page}/plan"), &plan).await.status, 303);
    let list = admin.get("/admin/keys").await.text;
    assert!(list.contains("60 a minute, 900 a day"), "{list}");
    for shown in [list, admin.get(&page).await.text, admin.get("/admin/trail").await.text] {
        assert!(!shown.contains(KEY) && !shown.contains(OTHER), "{shown}");
    }

    assert_eq!(admin.post(&format!("{page}/remove"), &[]).await.status, 303);
    assert_eq!(admin.get(&page).await.status, 404);
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_the_rest_is_kept() {
    let app = App::start().await;
    let mut admin = app.signed_in(Role::Admin).await;

    let form =
        [("brand", "fronius"), ("name", "Alba"), ("fronius_key_id", "FKIA1"), ("minute", "0")];
    let plan = admin.post("/admin/keys", &form).await;
    let form =
        [("brand", "fronius"), ("name", "Alba"), ("fronius_key_id", "FKIA1"), ("minute", "9")];
    let parts = admin.post("/admin/keys", &form).await;

    assert_eq!((plan.status.as_u16(), parts.status.as_u16()), (422, 422));
    assert!(plan.text.contains("A whole number of calls above 0."), "{}", plan.text);
    for answer in [&plan.text, &parts.text] {
        assert!(answer.contains(r#"value="Alba""#) && !answer.contains("FKIA1"), "{answer}");
    }
    assert!(parts.text.contains(r#"aria-invalid="true""#), "{}", parts.text);
    assert_eq!(admin.get("/admin/keys/new?brand=enphase").await.status, 404);
}

#[tokio::test]
async fn a_key_in_use_stays_and_only_an_admin_sees_any() {
    let app = App::start().await;
    app.sites(["farm"]).await;
    let mut admin = app.signed_in(Role::Admin).await;
    let form =
        [("brand", "solaredge"), ("name", "fleet"), ("solaredge_key", KEY), ("minute", "10")];
    let page = admin.post("/admin/keys", &form).await.header("location").to_owned();
    let (site, external) = ("farm".parse().unwrap(), "4711".parse().unwrap());
    let hour = SignedDuration::from_hours(1);
    app.connections.connect(&Actor::System, &site, "fleet", external, hour).await.unwrap();

    assert!(admin.get("/connections").await.text.contains(&page), "the key leads to its page");
    let refused = admin.post(&format!("{page}/remove"), &[]).await;

    assert_eq!(refused.status, 409);
    assert!(admin.get(&page).await.text.contains("1\u{a0}connection"));
    let mut ops = app.signed_in(Role::Ops).await;
    assert_eq!(ops.get(&page).await.status, 403);
    assert!(!ops.get("/connections").await.text.contains("/admin/keys/"));
}
