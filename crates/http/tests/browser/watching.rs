//! Those who watch the program work.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, ensure};
use fantoccini::Locator;

use crate::Stage;

/// The next power that is sent, W: the same twice would be no news.
static POWER: AtomicU32 = AtomicU32::new(4_211);

pub(crate) async fn a_burst_is_fired_and_told(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.client.goto(&stage.program.url("/system")).await?;
    browser.until("document.querySelector('[data-burst]').hidden === false", 30).await?;
    let set = "const form = document.querySelector('[data-burst] form');
        form.elements.size.value = 300; form.elements.at_once.value = 8;
        form.elements.aim.value = '/system/burst/database';";
    browser.client.execute(set, vec![]).await?;

    browser.client.find(Locator::Css("[data-burst] [type=submit]")).await?.click().await?;

    browser
        .until("/^300 answered in .* 0 refused, 0 failed/.test(document.getElementById('burst-said').textContent)", 60)
        .await
        .context("the burst did not end well")?;
    let bars = browser.value("document.querySelectorAll('#burst-histogram rect').length").await?;
    ensure!(bars == 24, "{bars} bars");
    browser
        .until(
            "document.getElementById('log-request').textContent.includes('/system/burst/database')",
            10,
        )
        .await
        .context("the panels do not show it")?;
    browser.close().await
}

pub(crate) async fn a_paused_panel_holds_still(stage: &Stage) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "cs").await?;
    // Only requests of its own, which those of others cannot push out.
    browser.client.goto(&stage.program.url("/system?q=burst%2Fcheap")).await?;
    let ask = "fetch('/system/burst/cheap');";
    let count = "document.querySelectorAll('#log-request > li:not(.log__none)').length";
    browser.client.execute(ask, vec![]).await?;
    browser.until(&format!("{count} > 0"), 30).await?;

    browser.client.find(Locator::Css("[data-pause=request]")).await?.click().await?;
    let frozen = "document.querySelector('[data-frozen]').textContent";
    let before = browser.value(frozen).await?;
    let shown = browser.value(count).await?;
    browser.client.execute(ask, vec![]).await?;

    browser.until(&format!("{count} > {shown}"), 30).await?;
    ensure!(browser.value(frozen).await? == before, "the paused panel moved");
    ensure!(
        browser.value("getComputedStyle(document.getElementById('log-request')).display").await?
            == "none",
        "both are shown"
    );
    browser.client.find(Locator::Css("[data-pause=request]")).await?.click().await?;
    browser.until("!document.querySelector('[data-frozen]')", 2).await?;
    browser.close().await
}

pub(crate) async fn a_post_is_followed_from_request_to_stream(stage: &Stage) -> anyhow::Result<()> {
    let (reader, writer) = (stage.open().await?, stage.open().await?);
    reader.sign_in(&stage.program.address, "cs").await?;
    reader.client.goto(&stage.program.url("/chat/lobby")).await?;
    reader.until("document.querySelector('#live .live__word').textContent === 'Live'", 30).await?;
    writer.sign_in(&stage.program.address, "admin").await?;
    writer.client.goto(&stage.program.url("/system")).await?;
    let text = format!("followed {}", uuid::Uuid::now_v7().simple());

    writer.type_into("#follow", &format!("{text}\u{e007}")).await?;

    for stage in ["Transport", "Policy", "Domain", "Row", "Event", "Render, stream"] {
        let seen = format!(
            "[...document.querySelectorAll('#trace tbody th')].some((th) => th.textContent === '{stage}')"
        );
        writer.until(&seen, 30).await.with_context(|| format!("no {stage}"))?;
    }
    reader
        .until(&format!("document.getElementById('posts').textContent.includes('{text}')"), 5)
        .await?;
    reader.close().await?;
    writer.close().await
}

pub(crate) async fn a_reading_is_followed_from_request_to_stream(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    browser.client.goto(&stage.program.url("/system")).await?;
    browser.until("document.querySelectorAll('#log-request > li').length > 1", 30).await?;

    for number in 0..2 {
        let power = POWER.fetch_add(111, Ordering::Relaxed);
        let field = browser.client.find(Locator::Css("#follow-power")).await?;
        field.clear().await?;
        field.send_keys(&format!("{power}\u{e007}")).await?;
        browser
            .until("/^Taken, as a/.test(document.getElementById('follow-verdict').textContent)", 30)
            .await
            .context("not taken")?;
        for stage in [
            "Transport",
            "Policy",
            "Domain",
            "Row",
            "Event",
            "Projection",
            "Judgement",
            "Render, stream",
        ] {
            let seen = format!(
                "[...document.querySelectorAll('#followed tbody th')].some((th) => th.textContent === '{stage}')"
            );
            browser.until(&seen, 20).await.with_context(|| format!("no {stage} of {number}"))?;
        }
        ensure!(browser.value("location.pathname").await? == "/system", "it left the page");
    }
    browser.close().await
}
