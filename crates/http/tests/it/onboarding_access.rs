//! How customers give access to what their vendors hold.

use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_infra::demo::{DemoFleet, DemoSite};

use crate::onboarding::{KEY_ID, KEY_VALUE, app, begun, save, typed};
use crate::support::fetch;

#[tokio::test]
async fn a_customer_gives_access_behind_a_link_that_works_once() {
    let app = app().await;
    app.sites(["farm"]).await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    save(&mut cs, &case, &typed()).await;
    let made = cs.post(&format!("{case}/link"), &[("mail", "false")]).await.text;
    let path = made.split("http://localhost").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(path.starts_with("/connect/"), "{path}");
    assert!(!cs.get(&case).await.text.contains(&path), "the link is shown twice");
    let mut customer = app.browser();

    let page = customer.get(&path).await;
    let short = [("fronius_key_id", &KEY_ID[..30]), ("fronius_key_value", KEY_VALUE)];
    let refused = customer.post(&path, &short).await;
    let right = [("fronius_key_id", KEY_ID), ("fronius_key_value", KEY_VALUE)];
    let taken = customer.post(&path, &right).await;
    let again = customer.post(&path, &right).await;

    assert!(page.status == 200 && page.text.contains("Weir Cottage"));
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("30 characters") && !refused.text.contains(KEY_VALUE));
    assert!(taken.status == 200 && taken.text.contains("Thank you"), "{}", taken.text);
    assert_eq!(again.status, 404);
    assert!(cs.get(&case).await.text.contains("by the customer’s link"));
}

#[tokio::test]
async fn the_link_can_be_mailed_and_so_can_the_message_of_a_diagnosis() {
    let app = app().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let early = cs.post(&format!("{case}/link"), &[("mail", "true")]).await;
    assert_eq!(early.status, 409);
    save(&mut cs, &case, &typed()).await;

    let mailed = cs.post(&format!("{case}/link"), &[("mail", "true")]).await;
    let message = [
        ("to", "customer"),
        ("subject", "One step is missing"),
        ("text", "Please copy the key again."),
    ];
    let sent = cs.post(&format!("{case}/message"), &message).await;
    let no_address = [("to", "installer"), ("subject", "x"), ("text", "y")];
    let refused = cs.post(&format!("{case}/message"), &no_address).await;

    assert!(mailed.text.contains("on its way to the customer"), "{}", mailed.text);
    assert_eq!((sent.status.as_u16(), refused.status.as_u16()), (200, 409));
    let mailbox = cs.get("/mailbox").await.text;
    assert!(mailbox.contains("One step is missing") && mailbox.contains("Connect “Weir Cottage”"));
}

#[tokio::test]
async fn enphase_is_connected_by_an_approval_on_its_own_page() {
    let app = app().await;
    app.sites(["farm"]).await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let mut fields = typed();
    fields.retain(|(key, _)| !["brand", "external_id", "inverter.1.serial"].contains(key));
    fields.extend([
        ("brand", "enphase".to_owned()),
        ("inverter.1.serial", "122045678901".to_owned()),
        ("external_id", "700001".to_owned()),
    ]);
    save(&mut cs, &case, &fields).await;

    let away = cs.get(&format!("{case}/approve")).await;
    let url: url::Url = away.header("location").parse().unwrap();
    let state = url.query_pairs().find(|(key, _)| key == "state").unwrap().1.into_owned();
    let page = asked(url.as_str()).await.into_body();
    let code = page.split("code=").nth(1).unwrap().split("&amp;").next().unwrap().to_owned();
    let back = format!("/onboarding/callback?code={code}&state={state}");
    let stranger = app.signed_in(Role::Admin).await.get(&back).await;
    let done = cs.get(&back).await;

    assert_eq!(stranger.status, 404);
    assert_eq!((done.status.as_u16(), done.header("location")), (303, case.as_str()));
    assert!(cs.get(&case).await.text.contains("Sealed"));
    let declined = cs.get("/onboarding/callback?error=access_denied&state=x").await;
    assert!(declined.text.contains("Nothing was approved"));
}

/// An address of a stand-in, as a browser would ask for it.
async fn asked(url: &str) -> http::Response<String> {
    let request = http::Request::get(url).body(http_body_util::Full::default()).unwrap();
    fetch(request).await
}

#[tokio::test]
async fn an_owner_of_solaredge_approves_behind_their_link_and_the_site_comes_along() {
    let app = app().await;
    app.sites(["farm"]).await;
    let fleet = DemoFleet::plan(1, 60);
    let is_solaredge = |site: &DemoSite| site.details.brand == Brand::SolarEdge;
    let position = fleet.sites.iter().position(is_solaredge).unwrap();
    let number = (410_000 + position).to_string();
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let mut fields = typed();
    fields.retain(|(key, _)| !["brand", "external_id", "inverter.1.serial"].contains(key));
    let serial = fleet.sites[position].inverters[0].serial.as_str().to_owned();
    fields.extend([("brand", "solaredge".to_owned()), ("inverter.1.serial", serial)]);
    save(&mut cs, &case, &fields).await;
    let page = cs.get(&case).await.text;
    assert!(page.contains("Connect with SolarEdge") && page.contains("Or with a key"), "{page}");
    let made = cs.post(&format!("{case}/link"), &[("mail", "false")]).await.text;
    let path = made.split("http://localhost").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut owner = app.browser();

    let offered = owner.get(&path).await.text;
    let away = owner.get(&format!("{path}/approve")).await.header("location").to_owned();
    let vendor = asked(&away).await;
    let unscoped = asked(&away.replace("SITE_DATA", "OTHER")).await;
    let approve = away.replace("/authorize?", "/approved?");
    let back = asked(&format!("{approve}&site_id={number}")).await;
    let nowhere = asked(&format!("{approve}&site_id=1")).await;
    let back: url::Url = back.headers()["location"].to_str().unwrap().parse().unwrap();
    let back = format!("{}?{}", back.path(), back.query().unwrap());
    let done = owner.get(&back).await;
    let again = owner.get(&back).await;

    assert!(offered.contains("Connect with SolarEdge"), "{offered}");
    assert!(vendor.status() == 200 && vendor.body().contains(&number), "{}", vendor.body());
    assert_eq!((unscoped.status().as_u16(), nowhere.status().as_u16()), (400, 400));
    assert!(done.status == 200 && done.text.contains("Thank you"), "{}", done.text);
    assert_eq!(again.status, 404);
    let page = cs.get(&case).await.text;
    assert!(page.contains("Sealed") && page.contains(&format!("value=\"{number}\"")), "{page}");
    assert!(page.contains(&format!("by the customer’s link, for site {number}")), "{page}");
    cs.post(&format!("{case}/test"), &[]).await;
    let page = cs.get(&case).await.text;
    assert!(page.contains(fleet.sites[position].details.name.as_str()), "{page}");
    assert!(!page.contains("not reached"), "{page}");
}
