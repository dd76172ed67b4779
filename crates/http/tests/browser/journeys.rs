use std::time::Duration;

use anyhow::{Context, ensure};
use fantoccini::Locator;
use jiff::{Timestamp, ToSpan};

use crate::Stage;
use crate::accessibility::pages;
use crate::browser::Browser;
use crate::cable::Cable;

pub(crate) async fn each_role_signs_in_and_lands_at_home(stage: &Stage) -> anyhow::Result<()> {
    for (account, home) in [
        ("ops", "/overview"),
        ("cs", "/onboarding"),
        ("admin", "/admin"),
        ("customer", "/my"),
        ("customer2", "/my"),
    ] {
        let browser = stage.open().await?;
        browser.sign_in(&stage.program.address, account).await?;
        let path = browser.value("location.pathname").await?;
        ensure!(path == home, "{account} landed at {path}");
        browser.text("h1").await.with_context(|| format!("{account} has no headline"))?;
        browser.close().await?;
    }
    Ok(())
}

pub(crate) async fn a_wrong_password_keeps_the_address_and_says_so(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.client.goto(&stage.program.url("/sign-in")).await?;
    browser.type_into("input[name=email]", "cs@demo.greengrid.example").await?;
    browser.type_into("input[name=password]", "not the password").await?;
    browser.client.find(Locator::Css("main button[type=submit]")).await?.click().await?;

    browser.until("document.querySelector('[role=alert]')", 30).await?;
    let kept = browser.value("document.querySelector('input[name=email]').value").await?;
    let forgotten = browser.value("document.querySelector('input[name=password]').value").await?;

    ensure!(kept == "cs@demo.greengrid.example", "the address became {kept}");
    ensure!(forgotten == "", "the password was given back");
    browser.close().await
}

pub(crate) async fn a_posted_reading_changes_the_open_overview(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.until(LIVE, 30).await?;
    browser.client.execute("window.loadedOnce = true;", vec![]).await?;

    let posted = reading_now(&browser, &stage.program.sites[0], 1_234).await?;
    watch_for_change(&browser).await?;
    let answer = stage.program.send(posted).await?;

    ensure!(answer["accepted"] == 1, "the reading was not accepted: {answer}");
    browser.until("window.changedAt > 0", 2).await.context("no change within two seconds")?;
    ensure!(browser.value("window.loadedOnce").await? == true, "the page was loaded anew");
    browser.close().await
}

pub(crate) async fn two_tabs_of_one_session_both_follow(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    let first = browser.client.window().await?;
    let second = browser.client.new_window(false).await?.handle;
    browser.client.switch_to_window(second.clone()).await?;
    browser.client.goto(&stage.program.url("/overview")).await?;
    for window in [&first, &second] {
        browser.client.switch_to_window(window.clone()).await?;
        browser.until(LIVE, 30).await?;
        watch_for_change(&browser).await?;
    }

    let posted = reading_now(&browser, &stage.program.sites[1], 2_345).await?;
    stage.program.send(posted).await?;

    for window in [first, second] {
        browser.client.switch_to_window(window).await?;
        browser.until("window.changedAt > 0", 5).await?;
    }
    browser.close().await
}

pub(crate) async fn a_cut_stream_is_told_and_recovers(stage: &Stage) -> anyhow::Result<()> {
    let cable = Cable::to(&stage.program.address).await?;
    let browser = stage.open().await?;
    browser.sign_in(&cable.address, "ops").await?;
    browser.until(LIVE, 30).await?;

    cable.pull();
    browser.until("!document.querySelector('#offline').hidden", 15).await?;
    let word = browser.text("#live .live__word").await?;
    ensure!(word == "Not live", "the top bar says {word}");
    cable.plug_in();

    browser.until("document.querySelector('#offline').hidden", 40).await?;
    watch_for_change(&browser).await?;
    let posted = reading_now(&browser, &stage.program.sites[0], 3_456).await?;
    stage.program.send(posted).await?;
    browser.until("window.changedAt > 0", 5).await.context("live again, but nothing follows")?;
    browser.close().await
}

pub(crate) async fn signing_out_ends_the_other_tab(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.until(LIVE, 30).await?;
    let watching = browser.client.window().await?;
    let other = browser.client.new_window(false).await?.handle;
    browser.client.switch_to_window(other).await?;
    browser.client.goto(&stage.program.url("/sites")).await?;

    browser
        .client
        .execute("document.querySelector('form[action=\"/sign-out\"]').requestSubmit();", vec![])
        .await?;
    browser.until("location.pathname === '/sign-in'", 30).await?;

    browser.client.switch_to_window(watching).await?;
    browser
        .until("location.pathname === '/sign-in' || !document.querySelector('#offline').hidden", 4)
        .await
        .context("the other tab still looks live")?;
    browser.close().await
}

pub(crate) async fn the_site_page_has_its_chart(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.client.goto(&stage.program.url(&format!("/sites/{}", stage.program.sites[0]))).await?;

    browser.until("document.querySelector('#zoom canvas')", 30).await?;
    let size = browser
        .value("(() => { const box = document.querySelector('#zoom canvas').getBoundingClientRect(); return box.width * box.height; })()")
        .await?;

    ensure!(size.as_f64().unwrap_or_default() > 20_000.0, "the chart covers {size} pixels");
    browser.close().await
}

pub(crate) async fn pages_are_complete_without_script(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open_without_script().await?;
    let client = &browser.client;
    client.goto(&stage.program.url("/sign-in")).await?;
    browser.type_into("input[name=email]", "ops@demo.greengrid.example").await?;
    browser.type_into("input[name=password]", crate::program::PASSWORD).await?;
    client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
    client.wait().at_most(Duration::from_secs(10)).for_element(Locator::Css("#attention")).await?;

    let rows = client.find_all(Locator::Css("#attention > li")).await?.len();
    client.goto(&stage.program.url(&format!("/sites/{}", stage.program.sites[0]))).await?;
    let charts = client.find_all(Locator::Css("#s-c svg[role=img]")).await?.len();
    client.goto(&stage.program.url("/sites?sort=name")).await?;
    let sites = client.find_all(Locator::Css("tbody tr")).await?.len();

    ensure!(rows > 0 && charts > 0 && sites == 24, "{rows} rows, {charts} charts, {sites} sites");
    browser.close().await
}

pub(crate) async fn taking_a_site_shows_its_owner(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.until(LIVE, 30).await?;

    browser
        .client
        .find(Locator::Css("#attention > li:last-child [data-act]"))
        .await?
        .click()
        .await?;

    browser
        .until(
            "document.querySelector('#attention > li:last-child').textContent.includes('Hand back')",
            5,
        )
        .await?;
    browser.close().await
}

pub(crate) async fn the_keyboard_moves_through_the_list(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    let body = browser.client.find(Locator::Css("body")).await?;
    body.send_keys("j").await?;
    browser.until("document.activeElement.closest('#attention > li:first-child')", 5).await?;
    let name = browser.value("document.activeElement.textContent.trim()").await?;

    browser.client.active_element().await?.send_keys("\u{e007}").await?;

    browser.until("location.pathname.startsWith('/sites/')", 30).await?;
    let title = browser.text("h1").await?;
    let name = name.as_str().unwrap_or_default();
    ensure!(title.contains(name), "Enter on “{name}” led to “{title}”");
    browser.close().await
}

pub(crate) async fn nothing_scrolls_sideways_at_360_pixels(stage: &Stage) -> anyhow::Result<()> {
    let mut wide = Vec::new();
    for (account, paths) in pages(stage) {
        let browser = stage.open().await?;
        browser.resize(360, 740).await?;
        browser.sign_in(&stage.program.address, account).await?;
        for path in paths {
            browser.client.goto(&stage.program.url(&path)).await?;
            let width = browser.value("document.documentElement.scrollWidth").await?;
            if width.as_i64() > Some(360) {
                wide.push(format!("{path}: {width} px"));
            }
        }
        browser.close().await?;
    }
    ensure!(wide.is_empty(), "{}", wide.join("\n"));
    Ok(())
}

/// True while the stream of the page is open.
pub(crate) const LIVE: &str = "document.querySelector('#live .live__word').textContent === 'Live'";

/// A reading of this site for the present of the page's clock.
async fn reading_now(browser: &Browser, site: &str, power_w: u32) -> anyhow::Result<String> {
    let loaded =
        browser.value("Number(document.querySelector('[data-clock]').dataset.now)").await?;
    let now = Timestamp::from_millisecond(loaded.as_i64().context("the page's clock")?)?;
    let measured_at = now - 1.minute();
    Ok(format!("site_id,timestamp_utc,power_w,energy_wh\n{site},{measured_at},{power_w},\n"))
}

/// Notes in `window.changedAt` when something inside the page's figures
/// changes.
async fn watch_for_change(browser: &Browser) -> anyhow::Result<()> {
    let script = "window.changedAt = 0;
        new MutationObserver(() => { window.changedAt = performance.now(); }).observe(
            document.querySelector('main'),
            { subtree: true, childList: true, characterData: true });";
    browser.client.execute(script, vec![]).await?;
    Ok(())
}
