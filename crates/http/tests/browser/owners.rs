use anyhow::{Context, ensure};
use fantoccini::Locator;

use crate::Stage;
use crate::accessibility::is_clean;
use crate::accounts::link_to;
use crate::browser::Browser;

/// True while the stream of the page is open.
const LIVE: &str = "document.querySelector('#live .live__word').textContent === 'Live'";

/// Signs an owner in and goes to the page of their first site.
async fn at_the_site(stage: &Stage, browser: &Browser, account: &str) -> anyhow::Result<String> {
    browser.sign_in(&stage.program.address, account).await?;
    browser
        .client
        .execute("const site = document.querySelector('.own a'); if (site) site.click();", vec![])
        .await?;
    browser.until("document.querySelector('#history')", 30).await?;
    // A single site is at home; its own address is that of its parts.
    let form = browser
        .value("document.querySelector('#history-form').getAttribute('action').split('#')[0]")
        .await?;
    Ok(form.as_str().context("an address")?.to_owned())
}

pub(crate) async fn an_owner_reads_the_sentence_and_the_history(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    let site = at_the_site(stage, &browser, "customer").await?;
    browser.until(LIVE, 30).await?;
    let sentence = browser.text("h1").await?;
    ensure!(sentence.ends_with('.'), "the headline is “{sentence}”");
    is_clean(&browser).await?;

    for (span, bars) in [("week", 7), ("month", 28), ("year", 12), ("lifetime", 1)] {
        browser.client.goto(&stage.program.url(&format!("{site}?span={span}"))).await?;
        let script =
            "document.querySelectorAll('#history-chart rect, #history-chart .ax--x').length";
        let drawn = browser.value(script).await?.as_i64().unwrap_or_default();
        ensure!(drawn > 0, "{span} of {bars} parts shows nothing");
        let caption = browser.value("document.querySelector('#history caption').textContent");
        ensure!(caption.await? != "", "{span} has no table");
    }
    let file = "const done = arguments[0];
        fetch(document.querySelector('a[download]').href)
            .then((file) => file.text().then((text) => done(file.headers.get('content-type') + text)));";
    let csv = browser.client.execute_async(file, vec![]).await?;
    ensure!(csv.as_str().is_some_and(|csv| csv.contains("text/csv") && csv.contains("energy_kwh")));
    browser.close().await
}

pub(crate) async fn an_owner_states_what_power_costs(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    let site = at_the_site(stage, &browser, "customer2").await?;
    let send = async |price: &str| {
        browser.client.goto(&stage.program.url(&site)).await?;
        let script = "document.querySelector('#worth-form').open = true;
            document.querySelector('#f-bought').value = arguments[0];
            document.querySelector('#worth-form form').requestSubmit();";
        browser.client.execute(script, vec![price.into()]).await?;
        anyhow::Ok(())
    };

    send("a lot").await?;
    browser.until("document.querySelector('#e-bought')", 30).await.context("no message")?;
    let kept = browser.value("document.querySelector('#f-bought').value").await?;
    send("0.39").await?;
    browser.until("document.querySelector('#worth').textContent.includes('0.39')", 30).await?;

    ensure!(kept == "a lot", "the price became {kept}");
    browser.close().await
}

pub(crate) async fn an_owner_shares_a_site_and_takes_it_back(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    let site = at_the_site(stage, &browser, "customer").await?;
    browser.client.goto(&stage.program.url(&format!("{site}/people"))).await?;
    browser.type_into("#f-email", "cousin+roof@example.org").await?;
    browser.client.find(Locator::Css("#share button")).await?.click().await?;

    let listed =
        "document.querySelector('main table').textContent.includes('cousin+roof@example.org')";
    browser.until(listed, 30).await?;
    is_clean(&browser).await?;
    let promote = "[...document.querySelectorAll('main tbody tr')]
        .find((row) => row.textContent.includes('cousin+roof'))
        .querySelector('input[value=owner]').form.requestSubmit();";
    browser.client.execute(promote, vec![]).await?;
    let owner = "[...document.querySelectorAll('main tbody tr')]
        .some((row) => row.textContent.includes('cousin+roof') && row.textContent.includes('Owner:'))";
    browser.until(owner, 30).await.context("no owner was made")?;
    let remove = "[...document.querySelectorAll('main tbody tr')]
        .find((row) => row.textContent.includes('cousin+roof')).querySelector('form[action$=\"/remove\"]').requestSubmit();";
    browser.client.execute(remove, vec![]).await?;

    browser.until(&format!("!({listed})"), 30).await?;
    browser.close().await
}

pub(crate) async fn an_owner_takes_their_data_out_and_chooses_letters(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "customer2").await?;
    browser.client.goto(&stage.program.url("/account/data")).await?;
    is_clean(&browser).await?;
    browser.client.find(Locator::Css("#takeout button")).await?.click().await?;
    let file = "document.querySelector('#takeout a[download]')";
    browser.until(file, 60).await.context("no file")?;
    let fetch = "const done = arguments[0];
        fetch(document.querySelector('#takeout a[download]').href).then((file) => done(file.headers.get('content-type')));";
    let media = browser.client.execute_async(fetch, vec![]).await?;

    browser.client.goto(&stage.program.url("/account/notices")).await?;
    is_clean(&browser).await?;
    let checked = "document.querySelector('input[value=unusual_day]').checked";
    let before = browser.value(checked).await?;
    browser.client.find(Locator::Css("input[value=unusual_day]")).await?.click().await?;
    browser.client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
    browser.until("document.querySelector('[role=status] .pill')", 30).await?;
    let after = browser.value(checked).await?;

    ensure!(media == "application/zip", "the file is {media}");
    ensure!(before != after, "the choice was not kept");
    browser.close().await
}

/// The address at the foot of a letter stops its kind, whoever is signed in.
pub(crate) async fn a_letter_has_its_way_out(stage: &Stage) -> anyhow::Result<()> {
    let admin = stage.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    let path = link_to(&admin, "customer@demo", "/unsubscribe/").await?;
    let browser = stage.open().await?;
    browser.client.goto(&stage.program.url(&path)).await?;
    is_clean(&browser).await?;
    browser.client.find(Locator::Css("form button[type=submit]")).await?.click().await?;
    let stopped = "document.body.textContent.includes('You get no more of these')";
    browser.until(stopped, 30).await.context("no word that they stop")?;
    is_clean(&browser).await?;

    browser.sign_in(&stage.program.address, "customer").await?;
    browser.client.goto(&stage.program.url("/account/notices")).await?;
    let wanted = "document.querySelector('input[value=monthly_summary]').checked";
    let after = browser.value(wanted).await?;
    browser.client.find(Locator::Css("input[value=monthly_summary]")).await?.click().await?;
    browser.client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
    browser
        .until(&format!("document.querySelector('[role=status] .pill') && {wanted}"), 30)
        .await?;

    ensure!(after == false, "the letters go on");
    browser.close().await?;
    admin.close().await
}

pub(crate) async fn an_owners_page_is_complete_without_script(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open_without_script().await?;
    let client = &browser.client;
    client.goto(&stage.program.url("/sign-in")).await?;
    browser.type_into("input[name=email]", "customer@demo.greengrid.example").await?;
    browser.type_into("input[name=password]", crate::program::PASSWORD).await?;
    client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
    client
        .wait()
        .at_most(std::time::Duration::from_secs(10))
        .for_element(Locator::Css("h1"))
        .await?;
    if let Ok(site) = client.find(Locator::Css(".own a")).await {
        site.click().await?;
    }

    client
        .wait()
        .at_most(std::time::Duration::from_secs(10))
        .for_element(Locator::Css("#history-chart svg"))
        .await?;
    let charts = client.find_all(Locator::Css("svg[role=img]")).await?.len();

    ensure!(charts >= 6, "only {charts} charts");
    browser.close().await
}
