//! Accounts: how people come in, and how they are kept out.

use anyhow::{Context, ensure};
use fantoccini::Locator;

use crate::Stage;
use crate::browser::Browser;

async fn press(browser: &Browser, css: &str) -> anyhow::Result<()> {
    browser.client.find(Locator::Css(css)).await?.click().await?;
    Ok(())
}

/// An administrator invites somebody; the link is read in the mailbox, as a
/// demo keeps letters, and followed in another browser.
pub(crate) async fn an_invitation_leads_in_and_the_meter_speaks(
    stage: &Stage,
) -> anyhow::Result<()> {
    let admin = stage.driver.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    let email = format!("jane-{}@example.org", std::process::id());
    admin.type_into("#invite-email", &email).await?;
    admin.type_into("#invite-name", "Jane Alder").await?;
    let choose = "document.querySelector('#invite-role').value = 'customer'; return true;";
    admin.client.execute(choose, vec![]).await?;
    press(&admin, "#invite button[type=submit]").await?;
    admin
        .until(
            "[...document.querySelectorAll('[role=status]')].some(one => one.textContent.includes('on its way'))",
            10,
        )
        .await
        .context("no word of the invitation")?;
    let letter = "fetch('/mailbox').then((r) => r.text()).then((page) =>
        fetch(page.match(/href=\"(\\/mailbox\\/\\d+)\"/)[1])).then((r) => r.text()).then((page) =>
        page.match(/\\/invitation\\/[0-9a-f]{64}/)[0])";
    let script = format!(
        "const done = arguments[arguments.length - 1]; {letter}.then(done, (e) => done(String(e)));"
    );
    let path = admin.client.execute_async(&script, vec![]).await?;
    let path = path.as_str().filter(|path| path.starts_with("/invitation/"));
    let path = path.context("no link in the newest letter")?;

    let jane = stage.driver.open().await?;
    jane.client.goto(&stage.program.url(path)).await?;
    jane.type_into("#new-password", "jane alder jane").await?;
    jane.until("document.querySelector('#strength').textContent.includes('easy to guess')", 10)
        .await
        .context("the meter is silent")?;
    press(&jane, "main button[type=submit]").await?;
    jane.until("document.querySelector('#new-password-error')", 10).await?;
    jane.type_into("#new-password", "tin whistle harbour").await?;
    press(&jane, "main button[type=submit]").await?;
    jane.until("location.pathname === '/my'", 10).await?;
    jane.client.goto(&stage.program.url(path)).await?;
    let said = jane.text("h1").await?;
    ensure!(said.contains("has done its work"), "the used link said {said}");
    jane.close().await?;
    admin.close().await
}

/// What an administrator does reaches a page that is open elsewhere.
pub(crate) async fn access_taken_away_closes_an_open_page(stage: &Stage) -> anyhow::Result<()> {
    let owner = stage.driver.open().await?;
    owner.sign_in(&stage.program.address, "customer2").await?;
    owner.until("document.querySelector('#stream')", 10).await?;
    let admin = stage.driver.open().await?;
    admin.sign_in(&stage.program.address, "admin").await?;
    let list = stage.program.url("/admin?q=customer2%40demo");
    admin.client.goto(&list).await?;

    press(&admin, "button[name=active][value=false]").await?;
    let left = owner.until("location.pathname === '/sign-in'", 2).await;

    admin.client.goto(&list).await?;
    press(&admin, "button[name=active][value=true]").await?;
    left.context("the page stayed open")?;
    owner.sign_in(&stage.program.address, "customer2").await?;
    owner.close().await?;
    admin.close().await
}
