//! Cases of onboarding, from a key that is wrong to a site that is live.

use anyhow::{Context, ensure};
use fantoccini::Locator;

use crate::Stage;
use crate::accessibility::is_clean;
use crate::browser::Browser;
use crate::journeys::LIVE;

/// What opens the stand-in of Fronius, as `greengrid simulate vendors` prints it.
pub(crate) const FRONIUS: [(&str, &str); 2] = [
    ("fronius_key_id", "FKIA0000000000000000000000000STANDIN"),
    ("fronius_key_value", "7f7c5f8e-0000-4000-8000-00000000f00d"),
];

/// Presses a button, brought out from under the bar at the top.
pub(crate) async fn press(browser: &Browser, css: &str) -> anyhow::Result<()> {
    let show = format!("document.querySelector(`{css}`)?.scrollIntoView({{ block: 'center' }});");
    browser.client.execute(&show, vec![]).await?;
    let button = browser.client.find(Locator::Css(css)).await.context(css.to_owned())?;
    Ok(button.click().await?)
}

/// Opens the board as somebody, and on it a case whose card says something.
/// Gives the address of the case and the name of its site.
async fn open_case(
    stage: &Stage,
    browser: &Browser,
    account: &str,
    says: &str,
) -> anyhow::Result<(String, String)> {
    browser.sign_in(&stage.program.address, account).await?;
    browser.client.goto(&stage.program.url("/onboarding")).await?;
    let link = format!(
        "[...document.querySelectorAll('.card')]\
         .find((card) => card.textContent.includes({}))?.querySelector('h3 a')",
        serde_json::to_string(says)?
    );
    let path = browser.value(&format!("{link}?.getAttribute('href')")).await?;
    let name = browser.value(&format!("{link}?.textContent")).await?;
    let path = path.as_str().with_context(|| format!("no case says “{says}”"))?;
    let address = stage.program.url(path);
    browser.client.goto(&address).await?;
    browser.until(LIVE, 30).await?;
    Ok((address, name.as_str().unwrap_or_default().to_owned()))
}

/// Whether an element says something by now.
pub(crate) fn says(css: &str, words: &str) -> String {
    format!("(document.querySelector('{css}')?.textContent ?? '').includes('{words}')")
}

pub(crate) async fn a_wrong_key_is_named_and_corrected(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    open_case(stage, &browser, "cs", "copy the key").await?;
    browser.client.execute("window.loadedOnce = true;", vec![]).await?;

    press(&browser, "#case-test form[action$='/test'] button").await?;
    let refused = "does not accept this key";
    browser.until(&says("#probe", refused), 30).await.context("the failure has no words")?;
    is_clean(&browser).await?;
    ensure!(browser.value("window.loadedOnce").await? == true, "the page was loaded anew");

    for (field, value) in FRONIUS {
        browser.type_into(&format!(".keyform [name='{field}']"), value).await?;
    }
    press(&browser, ".keyform button").await?;
    let empty = "[...document.querySelectorAll('.keyform input')].every((it) => it.value === '')";
    browser.until(empty, 30).await.context("the key stays on the page")?;
    press(&browser, "#case-test form[action$='/test'] button").await?;
    browser.until(&says("#case-test", "The connection works"), 20).await?;
    // What it brings is compared by itself, with nobody's help.
    browser.until(&says("#case-verification", "of what a clear sky gives"), 30).await?;
    browser.close().await
}

pub(crate) async fn a_site_goes_live_and_its_owner_is_invited(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    let (_, name) = open_case(stage, &browser, "cs", "Go live").await?;
    let owner = browser.value("document.querySelector('[name=\"email\"]').value").await?;
    let owner = owner.as_str().context("an address of the owner")?;

    press(&browser, "#case-verification form[action$='/live'] button").await?;
    browser.until(&says("h1", "live"), 30).await?;

    browser.client.goto(&stage.program.url("/sites")).await?;
    browser.type_into("#q", &format!("{name}\u{e007}")).await?;
    browser.until(&says("main", &name), 30).await.context("the site is not in the fleet")?;
    browser.client.goto(&stage.program.url("/mailbox")).await?;
    let letters = browser.text("main").await?;
    ensure!(letters.contains(owner), "nobody was invited: {letters}");
    browser.close().await
}

pub(crate) async fn two_people_on_one_case_lose_nothing(stage: &Stage) -> anyhow::Result<()> {
    let (carla, adam) = (stage.open().await?, stage.open().await?);
    let (address, _) = open_case(stage, &carla, "cs", "serial numbers promised").await?;
    adam.sign_in(&stage.program.address, "admin").await?;
    adam.client.goto(&address).await?;
    adam.until(LIVE, 30).await?;
    adam.until(&says(".here", "Carla Moreau is here too"), 30).await?;

    let phone = "[name=\"phone\"]";
    let clear = format!("document.querySelector('{phone}').value = '';");
    carla.client.execute(&clear, vec![]).await?;
    carla.type_into(phone, "+49 30 5550 1234\t").await?;
    let is = format!("document.querySelector('{phone}').value === '+49 30 5550 1234'");
    adam.until(&is, 30).await.context("what one typed did not reach the other")?;

    adam.type_into("[name='installer']", " and Sun").await?;
    carla
        .client
        .execute("document.querySelector('[name=\"installer\"]').value = '';", vec![])
        .await?;
    carla.type_into("[name='installer']", "Moon Ltd\t").await?;
    let both = "[...document.querySelectorAll('.conflict')].some((it) => \
                it.textContent.includes('Moon Ltd') && it.textContent.includes('and Sun'))";
    let seen = async {
        tokio::select! {
            seen = adam.until(both, 30) => seen,
            seen = carla.until(both, 30) => seen,
        }
    };
    seen.await.context("neither sees both values")?;
    carla.close().await?;
    adam.close().await
}

pub(crate) async fn a_case_is_kept_without_script(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open_without_script().await?;
    browser.sign_in(&stage.program.address, "cs").await?;
    browser.client.goto(&stage.program.url("/onboarding")).await?;
    press(&browser, ".card h3 a").await?;
    let field = browser.client.find(Locator::Css("[name='coordinates']")).await?;
    field.clear().await?;
    field.send_keys("somewhere <script>").await?;
    press(&browser, ".formfoot button").await?;

    let field = browser.client.find(Locator::Css("[name='coordinates']")).await?;
    let typed = field.prop("value").await?.unwrap_or_default();
    ensure!(typed == "somewhere <script>", "what was typed is lost: “{typed}”");
    let main = browser.text("main").await?;
    ensure!(main.contains("Coordinates are two numbers"), "nothing is said beside it");
    browser.close().await
}
