//! What is typed into a case is never lost: not by a database that refuses, a
//! program that dies, or a cable that is cut. And the whole way of a case.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use greengrid_infra::demo::DemoFleet;
use sqlx::{Connection, PgConnection};

use crate::Stage;
use crate::accessibility::is_clean;
use crate::browser::Browser;
use crate::cable::Cable;
use crate::journeys::LIVE;
use crate::onboarding::{FRONIUS, press, says};
use crate::program::{Program, Size};

/// What is typed in these journeys.
const TYPED: &str = "+49 40 555 0173";

const PHONE: &str = "[name=\"phone\"]";

/// Whether it is said beside the field that it is not saved.
const TOLD: &str =
    "document.querySelector('#fld-phone .unsaved')?.textContent.includes('Not saved yet')";

/// Whether what was typed stands in its field.
const STANDS: &str = "document.querySelector('[name=\"phone\"]').value === '+49 40 555 0173'";

/// Whether the page, as the program sent it, has what was typed.
const KEPT: &str =
    "document.querySelector('[name=\"phone\"]').getAttribute('value') === '+49 40 555 0173'";

/// Begins a case by the form, as somebody of customer success. Gives the
/// address of its page, where the browser is then.
async fn begin(browser: &Browser, address: &str, customer: &str) -> anyhow::Result<String> {
    browser.sign_in(address, "cs").await?;
    browser.client.goto(&format!("{address}/onboarding/new")).await?;
    browser.type_into("#new-customer", customer).await?;
    press(browser, "form[action='/onboarding'] button").await?;
    browser.until("/^.onboarding.[0-9a-f-]{36}$/.test(location.pathname)", 30).await?;
    Ok(browser.client.current_url().await?.to_string())
}

/// Makes the database refuse every change of the fields of a case, or not.
async fn refuse(stage: &Stage, case: &str, refused: bool) -> anyhow::Result<()> {
    let mut database = PgConnection::connect(&stage.program.database().await?).await?;
    let id = case.rsplit('/').next().context("a case")?;
    let name = format!("refused_{}", id.replace('-', ""));
    let statement = if refused {
        format!(
            "alter table onboarding_field add constraint {name} check (case_id <> '{id}') not valid"
        )
    } else {
        format!("alter table onboarding_field drop constraint {name}")
    };
    sqlx::raw_sql(&statement).execute(&mut database).await?;
    Ok(database.close().await?)
}

/// Waits until what was typed is kept by the program and nothing else is said,
/// and is there when the page is opened anew.
async fn until_kept(browser: &Browser, case: &str) -> anyhow::Result<()> {
    browser.until(&says("#saved", "Saved"), 60).await.context("not saved")?;
    browser.until(&format!("!({TOLD}) && {STANDS}"), 30).await.context("still called unsaved")?;
    browser.client.execute("sessionStorage.clear();", vec![]).await?;
    browser.client.goto(case).await?;
    browser.until(KEPT, 30).await.context("what was said to be saved is not")
}

pub(crate) async fn a_refusing_database_loses_nothing(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    let case = begin(&browser, &stage.program.address, "R. Fused").await?;
    browser.until(LIVE, 30).await?;
    refuse(stage, &case, true).await?;

    browser.type_into(PHONE, TYPED).await?;
    browser.until(TOLD, 20).await.context("nothing is said beside the field")?;
    ensure!(browser.value(STANDS).await? == true, "what was typed is gone");
    browser.client.refresh().await?;
    browser.until(STANDS, 30).await.context("what was typed is gone after loading anew")?;
    ensure!(browser.value(KEPT).await? == false, "it was not refused");
    browser.until(TOLD, 20).await.context("nothing is said after loading anew")?;

    refuse(stage, &case, false).await?;
    until_kept(&browser, &case).await?;
    browser.close().await
}

pub(crate) async fn a_refusing_database_loses_nothing_without_script(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open_without_script().await?;
    let case = begin(&browser, &stage.program.address, "R. Fused").await?;
    refuse(stage, &case, true).await?;

    browser.type_into(PHONE, TYPED).await?;
    press(&browser, ".formfoot button").await?;
    ensure!(browser.value(STANDS).await? == true, "what was typed is gone");
    let said = browser.text("#fld-phone").await?;
    ensure!(said.contains("Not saved yet"), "nothing is said beside the field: {said}");

    refuse(stage, &case, false).await?;
    press(&browser, ".formfoot button").await?;
    ensure!(browser.value(KEPT).await? == true, "it was not sent again");
    let said = browser.text("#fld-phone").await?;
    ensure!(!said.contains("Not saved"), "still called unsaved: {said}");
    browser.close().await
}

pub(crate) async fn a_killed_program_loses_nothing(stage: &Stage) -> anyhow::Result<()> {
    let mut program = Program::start(Size { sites: 4, days: 2 }).await?;
    let browser = stage.open().await?;
    let case = begin(&browser, &program.address, "K. Illed").await?;
    browser.until(LIVE, 30).await?;

    program.kill().await?;
    browser.type_into(PHONE, TYPED).await?;
    browser.until(TOLD, 20).await.context("nothing is said beside the field")?;
    browser.until("!document.querySelector('#offline').hidden", 20).await?;
    program.start_again().await?;

    until_kept(&browser, &case).await?;
    browser.close().await
}

pub(crate) async fn a_cut_cable_loses_nothing(stage: &Stage) -> anyhow::Result<()> {
    let cable = Cable::to(&stage.program.address).await?;
    let browser = stage.open().await?;
    let case = begin(&browser, &cable.address, "C. Utter").await?;
    browser.until(LIVE, 30).await?;

    cable.pull();
    browser.type_into(PHONE, TYPED).await?;
    browser.until(TOLD, 20).await.context("nothing is said beside the field")?;
    ensure!(browser.value(STANDS).await? == true, "what was typed is gone");
    cable.plug_in();

    until_kept(&browser, &case).await?;
    browser.close().await
}

/// Customers at the stand-in for Fronius of whom the demo has no case; each goes
/// live once.
const HOUSES: [usize; 2] = [19, 22];

pub(crate) async fn a_case_goes_the_whole_way(stage: &Stage) -> anyhow::Result<()> {
    static TURN: AtomicUsize = AtomicUsize::new(0);
    let position = HOUSES[TURN.fetch_add(1, Ordering::Relaxed) % HOUSES.len()];
    let fleet = DemoFleet::applicants(1, 24);
    let site = fleet.sites.get(position).context("a customer about to join")?;
    let (details, name) = (&site.details, format!("{} anew", site.details.name.as_str()));
    let number = format!("20f1c2aa-0000-4000-8000-{:012x}", stage.program.size.sites + position);
    let angle = |angle: Option<f64>| angle.map(|it| it.to_string()).unwrap_or_default();

    let browser = stage.open().await?;
    begin(&browser, &stage.program.address, "W. Holeway").await?;
    browser.until(LIVE, 30).await?;
    browser.until(&says("#case-steps", "Step 1 of 6"), 30).await?;
    for (key, text) in [
        ("email", format!("w.holeway{position}@example.net")),
        ("signed_on", "8.6.2026".to_owned()),
        ("site_name", name.clone()),
        ("address", details.address.clone().unwrap_or_default()),
        (
            "coordinates",
            format!("{}, {}", details.location.latitude(), details.location.longitude()),
        ),
        ("face.1.capacity", format!("{} kWp", details.array.capacity.kwp())),
        ("face.1.tilt", angle(details.array.tilt_deg)),
        ("face.1.azimuth", angle(details.array.azimuth_deg)),
        ("inverter.1.serial", site.inverters[0].serial.as_str().to_owned()),
        ("price", "21 ct".to_owned()),
    ] {
        browser.type_into(&format!("[name='{key}']"), &text).await?;
    }
    for (key, choice) in [("consent", "yes"), ("brand", "fronius")] {
        press(&browser, &format!("[name='{key}'] option[value='{choice}']")).await?;
    }
    browser.type_into("[name='external_id']", &number).await?;
    browser
        .until(&says("#case-steps", "Step 3 of 6"), 20)
        .await
        .context("the details are not enough")?;

    for (field, value) in FRONIUS {
        browser.type_into(&format!(".keyform [name='{field}']"), value).await?;
    }
    press(&browser, ".keyform button").await?;
    browser.until(&says("#case-access", "Sealed"), 30).await.context("the key is not taken")?;
    press(&browser, "#case-test form[action$='/test'] button").await?;
    browser.until(&says("#case-test", "The connection works"), 30).await?;
    browser.until(&says("#case-verification", "of what a clear sky gives"), 60).await?;
    press(&browser, "#case-verification form[action$='/live'] button").await?;
    browser.until(&says("h1", "live"), 20).await?;

    browser.client.goto(&stage.program.url("/sites")).await?;
    browser.type_into("#q", &format!("{name}\u{e007}")).await?;
    browser.until(&says("main", &name), 20).await.context("the site is not in the fleet")?;
    // The first readings have to come before it is judged.
    let operations = stage.open().await?;
    operations.sign_in(&stage.program.address, "ops").await?;
    let on_track = "document.querySelector('.ledger__rest a')";
    operations.until(on_track, 30).await.context("no site is on track")?;
    press(&operations, ".ledger__rest a").await?;
    let link = format!(
        "[...document.querySelectorAll('main a')].find((it) => it.textContent.includes('{name}'))"
    );
    operations.until(&link, 120).await.context("the site is not on the overview")?;
    operations.client.execute(&format!("({link}).click();"), vec![]).await?;
    operations.until(&says("h1", &name), 20).await.context("the overview does not lead to it")?;
    operations.close().await?;
    browser.close().await
}

pub(crate) async fn a_roof_face_is_added_and_taken_away_in_place(
    stage: &Stage,
) -> anyhow::Result<()> {
    let (carla, adam) = (stage.open().await?, stage.open().await?);
    let case = begin(&carla, &stage.program.address, "R. Oofer").await?;
    carla.until(LIVE, 30).await?;
    carla.client.execute("window.loadedOnce = true;", vec![]).await?;
    adam.sign_in(&stage.program.address, "admin").await?;
    adam.client.goto(&case).await?;
    adam.until(LIVE, 30).await?;

    carla.type_into("[name='face.1.capacity']", "5 kWp").await?;
    for (number, capacity) in [(2, "3 kWp"), (3, "2 kWp")] {
        press(&carla, "#faces [name='add']").await?;
        let focused = format!("document.activeElement.name === 'face.{number}.capacity'");
        carla.until(&focused, 30).await.context("typing does not go on in the new one")?;
        carla.type_into(&format!("[name='face.{number}.capacity']"), capacity).await?;
    }
    let third = "document.querySelector(\"[name='face.3.capacity']\")?.value === '2 kWp'";
    adam.until(third, 30).await.context("the other does not see it")?;

    press(&carla, "#one-face-2 [name='remove']").await?;
    let moved = "document.querySelector(\"[name='face.2.capacity']\").value === '2 kWp' \
                 && !document.querySelector(\"[name='face.3.capacity']\")";
    for browser in [&carla, &adam] {
        browser.until(moved, 30).await.context("what was behind it did not move up")?;
    }
    ensure!(carla.value("window.loadedOnce").await? == true, "the page was loaded anew");
    carla.close().await?;
    adam.close().await
}

pub(crate) async fn an_inverter_is_added_without_script(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open_without_script().await?;
    begin(&browser, &stage.program.address, "I. Nverter").await?;
    browser.type_into("[name='inverter.1.serial']", "7E1234B5-67").await?;
    press(&browser, "#inverters [name='add']").await?;

    browser.type_into("[name='inverter.2.serial']", "7E1234B5-68").await?;
    let first = "document.querySelector(\"[name='inverter.1.serial']\").value";
    ensure!(browser.value(first).await? == "7E1234B5-67", "what was typed is lost");
    press(&browser, "#one-inverter-1 [name='remove']").await?;

    ensure!(browser.value(first).await? == "7E1234B5-68", "the second did not move up");
    browser.close().await
}

pub(crate) async fn a_link_just_made_stays_while_others_work(stage: &Stage) -> anyhow::Result<()> {
    let (carla, adam) = (stage.open().await?, stage.open().await?);
    let case = begin(&carla, &stage.program.address, "L. Inked").await?;
    carla.until(LIVE, 30).await?;
    adam.sign_in(&stage.program.address, "admin").await?;
    adam.client.goto(&case).await?;
    press(&carla, "[name='brand'] option[value='solaredge']").await?;
    carla.until(&says("#case-access", "Connect with SolarEdge"), 20).await?;

    press(&carla, ".asklink button[value='false']").await?;
    let link = "document.querySelector('#made-link')?.value";
    carla.until(link, 30).await.context("no link is shown")?;
    adam.type_into("#note", "The link is out.").await?;
    press(&adam, "#note-form button").await?;
    carla.until(&says("#case-history", "The link is out."), 20).await?;

    let link = carla.value(link).await?;
    let link = link.as_str().context("the link is gone")?;
    let (_, secret) = link.rsplit_once('/').context("a link")?;
    adam.client.goto(&stage.program.url(&format!("/connect/{secret}"))).await?;
    ensure!(adam.text("h1").await?.contains("L. Inked"), "it leads elsewhere");
    is_clean(&adam).await?;
    carla.close().await?;
    adam.close().await
}
