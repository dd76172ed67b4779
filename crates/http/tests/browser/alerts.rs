//! From an anomaly to whoever is told, and back.

use anyhow::{Context, ensure};
use fantoccini::Locator;
use greengrid_infra::webhooks::receiver::{HookReceiver, Manner};
use jiff::SignedDuration;

use super::Stage;
use super::anomalies::{csv, healthy_sites, readings_of_today};
use super::browser::Browser;

/// Seconds in which what was sent has to be judged, gathered and told.
const TOLD_WITHIN: u64 = 60;

pub(crate) async fn a_rule_tells_people_and_a_program_and_what_was_given_up_is_sent_again(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    let tag = uuid::Uuid::now_v7().simple().to_string();
    let reader = format!("night-{tag}@example.org");
    let receiver = HookReceiver::start().await;
    receiver.behave(Manner::Redirects(307, "http://10.0.0.1/".to_owned()));

    let hook = make_webhook(stage, &browser, &receiver.url(), &tag).await?;
    make_rule(stage, &browser, &reader, &tag).await?;
    let (code, name) = healthy_sites(stage, &browser).await?.swap_remove(0);
    let sent = readings_of_today(&browser, &code).await?;
    let newest = sent.last().context("no readings today")?.measured_at;
    let hour: Vec<_> = sent
        .iter()
        .filter(|row| row.measured_at >= newest - SignedDuration::from_mins(75))
        .collect();
    stage.program.send(csv(&code, &hour, true)).await?;

    let letter = letter_to(stage, &browser, &reader).await?;
    browser.client.goto(&stage.program.url(&letter)).await?;
    let text = browser.text("main pre").await?;
    ensure!(text.contains(&name), "the letter says: {text}");
    ensure!(text.contains(&format!("Night {tag}")), "the letter names no rule: {text}");
    let drawn = format!(
        "const done = arguments[0]; fetch('{letter}/html').then((r) => r.text())
            .then((page) => done(/<img[^>]+src=\"data:image\\/png/.test(page)));"
    );
    let drawn = browser.client.execute_async(&drawn, vec![]).await?;
    ensure!(drawn == true, "the letter has no sparkline");

    acknowledge(stage, &browser, &code).await?;
    send_again(stage, &browser, &hook, &receiver, &name).await?;

    stage.program.send(csv(&code, &hour, false)).await?;
    browser.client.goto(&stage.program.url("/alerts")).await?;
    let remove = format!(
        "[...document.querySelectorAll('#alerts-rules tr')]
            .find((row) => row.textContent.includes('{tag}')).querySelector('form button').click();"
    );
    browser.client.execute(&remove, vec![]).await?;
    let gone = format!(
        "document.querySelector('#alerts-rules')
            && !document.querySelector('#alerts-rules').textContent.includes('{tag}')"
    );
    browser.until(&gone, 30).await?;
    browser.close().await
}

/// Makes a webhook; gives its page.
async fn make_webhook(
    stage: &Stage,
    browser: &Browser,
    url: &str,
    tag: &str,
) -> anyhow::Result<String> {
    browser.client.goto(&stage.program.url("/webhooks")).await?;
    browser.type_into("#webhook-name", &format!("Pager {tag}")).await?;
    browser.type_into("#webhook-url", url).await?;
    browser.client.find(Locator::Css("form [type=submit].btn--primary")).await?.click().await?;
    browser.until("document.querySelector('#secret')", 30).await.context("no secret is shown")?;
    let page = browser.value("document.querySelector('#made + p a').getAttribute('href')").await?;
    Ok(page.as_str().context("the webhook has no page")?.to_owned())
}

/// Makes a rule for outages, after a look at what it would have sent.
async fn make_rule(
    stage: &Stage,
    browser: &Browser,
    reader: &str,
    tag: &str,
) -> anyhow::Result<()> {
    browser.client.goto(&stage.program.url("/alerts/new")).await?;
    browser.type_into("#f-name", &format!("Night {tag}")).await?;
    browser.type_into("#f-to", reader).await?;
    let fill = format!(
        "const form = document.querySelector('form:has(#f-name)');
         form.elements.severity.value = 'any';
         form.elements.gather.value = '0';
         form.querySelector('input[name=kind][value=outage]').checked = true;
         [...form.querySelectorAll('label:has(input[name=webhook])')]
             .find((label) => label.textContent.includes('{tag}')).querySelector('input').checked = true;"
    );
    browser.client.execute(&fill, vec![]).await?;
    browser.client.find(Locator::Css("button[value=preview]")).await?.click().await?;
    browser.until("document.querySelector('#preview')", 30).await.context("no preview")?;
    let preview = browser.text("#preview").await?;
    ensure!(preview.contains("In the last 30 days"), "the preview says: {preview}");
    let kept = browser.value("document.querySelector('#f-name').value").await?;
    ensure!(kept == format!("Night {tag}"), "what was typed is gone: {kept}");
    browser.client.find(Locator::Css("button[value=save]")).await?.click().await?;
    browser.until("location.pathname === '/alerts'", 30).await.context("the rule is not saved")
}

/// Waits in the mailbox for a letter to somebody; gives its page.
async fn letter_to(stage: &Stage, browser: &Browser, reader: &str) -> anyhow::Result<String> {
    browser.client.goto(&stage.program.url("/mailbox")).await?;
    let row = format!(
        "[...document.querySelectorAll('#mailbox tbody tr')].find((row) => row.textContent.includes('{reader}'))"
    );
    browser.until(&row, TOLD_WITHIN).await.context("no letter in the mailbox")?;
    let page = browser.value(&format!("({row}).querySelector('a').getAttribute('href')")).await?;
    Ok(page.as_str().context("the letter has no page")?.to_owned())
}

/// Says of the open anomaly of a site that somebody has seen it.
async fn acknowledge(stage: &Stage, browser: &Browser, code: &str) -> anyhow::Result<()> {
    browser.client.goto(&stage.program.url(&format!("/sites/{code}"))).await?;
    let case = "[...document.querySelectorAll('.lanes__what')].find((link) => link.textContent === 'Outage')";
    let case = browser.value(&format!("{case}.getAttribute('href')")).await?;
    let case = case.as_str().context("the outage is not on the site's page")?;
    browser.client.goto(&stage.program.url(case)).await?;
    let button = "form[action$='/acknowledge'] button";
    browser.until(&format!("document.querySelector(\"{button}\")"), 30).await?;
    browser.client.find(Locator::Css(button)).await?.click().await?;
    browser
        .until(&format!("!document.querySelector(\"{button}\")"), 30)
        .await
        .context("it can still be acknowledged")
}

/// Finds the message that its receiver sent inward, and sends it again.
async fn send_again(
    stage: &Stage,
    browser: &Browser,
    hook: &str,
    receiver: &HookReceiver,
    name: &str,
) -> anyhow::Result<()> {
    browser.client.goto(&stage.program.url(&format!("{hook}?state=dead"))).await?;
    let dead = format!("document.querySelector('#webhook tbody a[href^=\"{hook}/\"]')");
    browser.until(&dead, TOLD_WITHIN).await.context("no message was given up")?;
    let page = browser.value(&format!("{dead}.getAttribute('href')")).await?;
    let page = stage.program.url(page.as_str().context("the message has no page")?);
    receiver.behave(Manner::Takes);
    browser.client.goto(&page).await?;
    browser.client.find(Locator::Css("form[action$='/resend'] button")).await?.click().await?;
    // The page of a message does not change by itself.
    let script = format!(
        "const done = arguments[arguments.length - 1];
         const end = performance.now() + 4000;
         const look = () => fetch('{page}').then((answer) => answer.text()).then((text) => {{
             if (text.includes('Delivered') || performance.now() > end) done(text.includes('Delivered'));
             else setTimeout(look, 100);
         }}, () => done(false));
         look();"
    );
    let mut taken = false;
    for _ in 0..10 {
        taken = browser.client.execute_async(&script, vec![]).await? == true;
        if taken {
            break;
        }
    }
    ensure!(taken, "the message was not taken");
    let told = receiver.received();
    ensure!(told.iter().any(|it| it.body.contains(name)), "nothing tells of {name}");
    let id = told.last().context("nothing was received")?.header("webhook-id");
    let tries = told.iter().filter(|it| it.header("webhook-id") == id).count();
    ensure!(tries == 2, "{tries} tries have the id {id}");
    Ok(())
}
