//! Customers' onboarding as its people meet it: the board, a case, its test
//! with the vendor's stand-in, the customer's link, and the live site.

use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::testing::FixedClock;
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_http::bootstrap;
use greengrid_infra::demo::{DemoFleet, DemoSite};

use crate::support::{Answer, App, Browser, fetch, settings};

/// The program beside stand-ins for the vendors.
async fn app() -> App {
    let clock = Arc::new(FixedClock::at("2026-06-12T08:40:00Z".parse().unwrap()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stand_ins = bootstrap::stand_ins_by(1, 60, clock as Arc<dyn Clock>);
    tokio::spawn(async move { axum::serve(listener, stand_ins).await });
    let mut settings = settings();
    settings.vendor_stand_ins = Some(base);
    App::with(settings).await
}

/// A sound house with Fronius at the stand-in, with its number there.
fn house() -> (DemoSite, String) {
    let fleet = DemoFleet::plan(1, 60);
    let (position, site) = fleet
        .sites
        .into_iter()
        .enumerate()
        .find(|(_, site)| {
            let details = &site.details;
            details.brand == Brand::Fronius
                && site.faults.is_empty()
                && details.array.export_limit.is_none()
                && details.array.capacity.kwp() < 90.0
        })
        .unwrap();
    (site, format!("20f1c2aa-0000-4000-8000-{position:012x}"))
}

const KEY_ID: &str = "FKIA0000000000000000000000000STANDIN";
const KEY_VALUE: &str = "7f7c5f8e-0000-4000-8000-00000000f00d";

/// What is typed for the house, as people write it.
fn typed() -> Vec<(&'static str, String)> {
    let (site, external) = house();
    let details = &site.details;
    let comma = |value: f64| value.to_string().replace('.', ",");
    let at = details.location;
    vec![
        ("customer", "P. Hartley".to_owned()),
        ("email", "p.hartley@example.net".to_owned()),
        ("signed_on", "8.6.2026".to_owned()),
        ("consent", "yes".to_owned()),
        ("site_name", "Weir Cottage".to_owned()),
        ("address", "Deichweg 4, 20457 Hamburg".to_owned()),
        ("coordinates", format!("{} {}", comma(at.latitude()), comma(at.longitude()))),
        ("face.1.capacity", format!("{} kWp", comma(details.array.capacity.kwp()))),
        ("face.1.tilt", format!("{}°", details.array.tilt_deg.unwrap())),
        ("face.1.azimuth", details.array.azimuth_deg.unwrap().to_string()),
        ("inverter.1.serial", site.inverters[0].serial.as_str().to_owned()),
        ("price", "21 ct".to_owned()),
        ("brand", "fronius".to_owned()),
        ("region", "north".to_owned()),
        ("external_id", external),
    ]
}

async fn begun(cs: &mut Browser) -> String {
    let answer = cs.post("/onboarding", &[("customer", "P. Hartley")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").to_owned()
}

async fn save(browser: &mut Browser, case: &str, fields: &[(&str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(key, text)| (*key, text.as_str())).collect();
    browser.post(&format!("{case}/fields"), &fields).await
}

fn headline(answer: &Answer) -> String {
    let start = answer.text.find("<h1>").unwrap();
    let end = answer.text[start..].find("</h1>").unwrap();
    answer.text[start..start + end].to_owned()
}

#[tokio::test]
async fn a_case_goes_from_signed_to_a_site_that_its_customer_sees() {
    let app = app().await;
    app.sites(["farm"]).await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;

    let saved = save(&mut cs, &case, &typed()).await;
    assert_eq!((saved.status.as_u16(), saved.header("location")), (303, case.as_str()));
    let page = cs.get(&case).await;
    assert!(page.text.contains("Step 3 of 6"), "{}", headline(&page));

    let wrong =
        [("fronius_key_id", KEY_ID), ("fronius_key_value", &KEY_VALUE.replace("f00d", "f00e"))];
    cs.post(&format!("{case}/access"), &wrong).await;
    let tested = cs.post(&format!("{case}/test"), &[]).await;
    assert_eq!(tested.status, 303, "{}", tested.text);
    let page = cs.get(&case).await;
    assert!(headline(&page).contains("does not accept this key"), "{}", headline(&page));
    assert!(page.text.contains("Message to the customer"));

    let right = [("fronius_key_id", KEY_ID), ("fronius_key_value", KEY_VALUE)];
    cs.post(&format!("{case}/access"), &right).await;
    cs.post(&format!("{case}/test"), &[]).await;
    let page = cs.get(&case).await;
    assert!(page.text.contains("The connection works"), "{}", headline(&page));
    assert!(!page.text.contains(KEY_VALUE) && !page.text.contains("f00e"), "a secret is shown");

    let early = cs.post(&format!("{case}/live"), &[]).await;
    assert_eq!(early.status, 409);
    app.onboarding.round().await.unwrap();
    let page = cs.get(&case).await;
    assert!(headline(&page).contains("It can go live"), "{} {}", headline(&page), page.text);

    let live = cs.post(&format!("{case}/live"), &[]).await;
    assert_eq!(live.status, 303, "{}", live.text);
    let again = cs.post(&format!("{case}/live"), &[]).await;
    assert_eq!(again.status, 303);
    app.directory.reload().await.unwrap();
    let page = cs.get(&case).await;
    assert!(page.text.contains("the site is live"), "{}", headline(&page));
    let fleet = app.directory.snapshot();
    assert!(fleet.sites().any(|site| site.details.name.as_str() == "Weir Cottage"));
    let mailbox = cs.get("/mailbox").await.text;
    assert!(mailbox.contains("“Weir Cottage” is on screen"), "{mailbox}");
}

#[tokio::test]
async fn what_cannot_be_taken_is_kept_and_answered_beside_its_field() {
    let app = app().await;
    app.sites(["farm"]).await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let long = "9".repeat(300);
    for (key, text, told) in [
        ("email", "p.hartley (at) example,net", "name@example.org"),
        ("face.1.capacity", "9900", "were watts meant"),
        ("face.1.capacity", "9,9 kWh", "kWh is energy"),
        ("face.1.tilt", "l2O", "is no number"),
        ("face.1.azimuth", "-45", "clockwise from north"),
        ("coordinates", "9.99, 53.55", "seem to be swapped"),
        ("site_name", "<script>alert(1)</script>", "no &lt; and &gt;"),
        ("price", "21", "were cents meant"),
        ("signed_on", "31.02.2026", "there is no day"),
        ("phone", "call me", "5 to 20 digits"),
        ("address", &long, "300 characters are too many"),
        ("inverter.1.rating", "8000", "were watts meant"),
    ] {
        let saved = save(&mut cs, &case, &[(key, text.to_owned())]).await;
        assert_eq!(saved.status, 303, "{key}: {}", saved.text);
        let page = cs.get(&case).await.text;
        let from = page.find(&format!("id=\"fld-{}\"", key.replace('.', "-"))).unwrap();
        let field = &page[from..(from + 3_000).min(page.len())];
        assert!(field.to_lowercase().contains(&told.to_lowercase()), "{key}: {field}");
        assert!(field.contains("aria-invalid=\"true\""), "{key}");
        assert!(!page.contains("<script>alert"), "{key}");
    }
    let page = cs.get(&case).await.text;
    assert!(page.contains(&long) && page.contains("&lt;script&gt;alert(1)"), "something was lost");
}

#[tokio::test]
async fn two_people_on_one_field_see_both_texts_and_one_decides() {
    let app = app().await;
    let (mut one, mut two) = (app.signed_in(Role::Cs).await, app.signed_in(Role::Admin).await);
    let case = begun(&mut one).await;
    let text = |text: &str| ("site_name", text.to_owned());
    let version = |version: &str| ("v:site_name", version.to_owned());

    save(&mut one, &case, &[text("Weir Cottage"), version("0")]).await;
    let late = save(&mut two, &case, &[text("Weir House"), version("0")]).await;

    assert_eq!(late.status, 409);
    assert!(late.text.contains("changed this") && late.text.contains("value=\"Weir House\""));
    assert!(late.text.contains("<b>Weir Cottage</b>") && late.text.contains("Keep mine"));
    assert!(one.get(&case).await.text.contains("value=\"Weir Cottage\""));
    let keep = [text("Weir House"), version("0"), ("keep", "site_name".to_owned())];
    assert_eq!(save(&mut two, &case, &keep).await.status, 303);
    let page = one.get(&case).await.text;
    assert!(page.contains("value=\"Weir House\""));
    assert!(page.contains("“Weir Cottage” became “Weir House”"), "the history lacks it");
}

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

#[tokio::test]
async fn files_are_known_by_their_content_and_never_shown_as_pages() {
    let app = app().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let to = format!("{case}/files");

    let html = cs.upload(&to, &[("file", "photo.jpg", b"<html><script>".as_slice())]).await;
    let pdf = cs.upload(&to, &[("file", "contract.pdf", b"%PDF-1.7\n".as_slice())]).await;
    let huge = vec![0; 11 << 20];
    let large = cs.upload(&to, &[("file", "x.pdf", huge.as_slice())]).await;

    assert_eq!((html.status.as_u16(), pdf.status.as_u16()), (422, 303));
    assert!(large.status == 422 && large.text.contains("at most 10 MiB"), "{}", large.status);
    let page = cs.get(&case).await.text;
    let file = page.split(&format!("href=\"{to}/")).nth(1).unwrap().split('"').next().unwrap();
    let download = cs.get(&format!("{to}/{file}")).await;
    assert!(
        download.header("content-disposition").starts_with("attachment; filename=\"contract.pdf\"")
    );
    assert_eq!(download.header("x-content-type-options"), "nosniff");
    assert_eq!(download.text, "%PDF-1.7\n");
    cs.post(&format!("{to}/{file}/remove"), &[]).await;
    assert_eq!(cs.get(&format!("{to}/{file}")).await.status, 404);
}

#[tokio::test]
async fn a_file_of_rows_begins_cases_and_tells_of_each() {
    let app = app().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let rows = "customer;email;site name;kWp\n\
                A. Alder;a@example.org;Alder House;9,9\n\
                B. Birch;no mail;Birch House;9900\n\
                ;;;\n\
                A. Alder;a@example.org;Alder House;9,9\n";

    let file = [("file", "cases.csv", rows.as_bytes())];
    let report = cs.upload("/onboarding/csv", &file).await;
    let again = cs.upload("/onboarding/csv", &file).await;

    let text = report.text.replace('\u{a0}', " ");
    assert!(text.contains("2 cases begun of 4 rows"), "{text}");
    assert!(text.contains("were watts meant") && text.contains("needs a customer"));
    assert!(again.text.replace('\u{a0}', " ").contains("0 cases begun of 4 rows"));
    let board = cs.get("/onboarding").await.text;
    assert!(board.contains("Alder House") && board.contains("Birch House"));
    let empty = cs.upload("/onboarding/csv", &[("file", "x.csv", b"".as_slice())]).await;
    assert_eq!(empty.status, 422);
}

#[tokio::test]
async fn an_account_lists_its_sites_that_nobody_has_connected() {
    let app = app().await;
    app.sites(["farm"]).await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    save(&mut cs, &case, &typed()).await;
    let right = [("fronius_key_id", KEY_ID), ("fronius_key_value", KEY_VALUE)];
    cs.post(&format!("{case}/access"), &right).await;
    let page = cs.get("/onboarding/new").await.text;
    let credential =
        page.split("<option value=\"").find(|part| part.contains("(Fronius)")).unwrap();
    let credential = credential.split('"').next().unwrap();

    let list = cs.get(&format!("/onboarding/vendor?credential={credential}")).await.text;
    let first = list.split("name=\"site\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let begun = cs.post("/onboarding/vendor", &[("credential", credential), ("site", first)]).await;

    assert!(!list.contains(&format!("value=\"{}\"", house().1)), "the case’s own site is offered");
    assert!(begun.header("location").ends_with("begun=1"), "{}", begun.header("location"));
    let after = cs.get(begun.header("location")).await.text;
    assert!(!after.contains(&format!("name=\"site\" value=\"{first}\"")));
}

#[tokio::test]
async fn operations_look_and_customers_do_not() {
    let app = app().await;
    let mut cs = app.signed_in(Role::Cs).await;
    let case = begun(&mut cs).await;
    let (mut ops, mut customer) =
        (app.signed_in(Role::Ops).await, app.signed_in(Role::Customer).await);

    assert_eq!(ops.get(&case).await.status, 200);
    assert!(ops.get("/onboarding/measures").await.text.contains("No connection was tested yet"));
    assert_eq!(save(&mut ops, &case, &[("phone", "040 555 01".to_owned())]).await.status, 403);
    assert_eq!(customer.get(&case).await.status, 403);
    assert_eq!(customer.get("/onboarding").await.status, 403);
}
