//! Customers' onboarding as its people meet it: the board, a case, its test
//! with the vendor's stand-in, the customer's link, and the live site.

use std::sync::Arc;

use greengrid_app::clock::Clock;
use greengrid_app::testing::FixedClock;
use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::Role;
use greengrid_http::bootstrap;
use greengrid_infra::demo::{DemoFleet, DemoSite};

use crate::support::{Answer, App, Browser, settings};

/// The program beside stand-ins for the vendors.
pub(crate) async fn app() -> App {
    let clock = Arc::new(FixedClock::at("2026-06-12T08:40:00Z".parse().unwrap()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let stand_ins = bootstrap::stand_ins_allowing(60, 1, 60, clock as Arc<dyn Clock>);
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

pub(crate) const KEY_ID: &str = "FKIA0000000000000000000000000STANDIN";
pub(crate) const KEY_VALUE: &str = "7f7c5f8e-0000-4000-8000-00000000f00d";

/// What is typed for the house, as people write it.
pub(crate) fn typed() -> Vec<(&'static str, String)> {
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

pub(crate) async fn begun(cs: &mut Browser) -> String {
    let answer = cs.post("/onboarding", &[("customer", "P. Hartley")]).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    answer.header("location").to_owned()
}

pub(crate) async fn save(browser: &mut Browser, case: &str, fields: &[(&str, String)]) -> Answer {
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
