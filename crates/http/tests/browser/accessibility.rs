use anyhow::ensure;
use serde_json::Value;

use crate::Stage;
use crate::browser::Browser;

const AXE: &str = include_str!("vendor/axe.min.js");

/// Which pages each account can open.
pub(crate) fn pages(stage: &Stage) -> Vec<(&'static str, Vec<String>)> {
    let site = format!("/sites/{}", stage.program.sites[0]);
    let texts = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    let mut ops = texts(&[
        "/overview",
        "/overview?view=watch",
        "/sites",
        "/import",
        "/quarantine",
        "/chat/lobby",
        "/chat/moderation",
        "/system",
        "/chat/search?q=a",
        "/mailbox",
        "/reports",
        "/alerts",
        "/alerts/new",
        "/connections",
        "/scorecard",
    ]);
    ops.push(site);
    ops.push("/sites/no-such-site".to_owned());
    vec![
        ("ops", ops),
        ("cs", texts(&["/onboarding", "/onboarding/new", "/onboarding/measures"])),
        (
            "admin",
            texts(&[
                "/admin",
                "/admin/tokens",
                "/admin/trail",
                "/admin/regions",
                "/admin/keys",
                "/admin/keys/new?brand=fronius",
                "/admin/mail",
                "/account",
                "/account/factor",
            ]),
        ),
        (
            "customer",
            texts(&[
                "/my",
                "/my?span=year",
                "/account/notices",
                "/account/data",
                "/account/close",
                "/my/no-such-site",
            ]),
        ),
    ]
}

pub(crate) async fn no_violations_in_light(stage: &Stage) -> anyhow::Result<()> {
    no_violations(stage, "light").await
}

pub(crate) async fn no_violations_in_dark(stage: &Stage) -> anyhow::Result<()> {
    no_violations(stage, "dark").await
}

async fn no_violations(stage: &Stage, scheme: &str) -> anyhow::Result<()> {
    let mut found = Vec::new();
    for (account, paths) in pages(stage) {
        let browser = stage.open().await?;
        browser.prefer(scheme).await?;
        browser.client.goto(&stage.program.url("/sign-in")).await?;
        found.extend(violations(&browser, "/sign-in").await?);
        for path in ["/forgot", "/reset/0123abcd"] {
            browser.client.goto(&stage.program.url(path)).await?;
            found.extend(violations(&browser, path).await?);
        }
        browser.sign_in(&stage.program.address, account).await?;
        for path in paths {
            browser.client.goto(&stage.program.url(&path)).await?;
            for width in [1440, 390] {
                browser.resize(width, 900).await?;
                found.extend(violations(&browser, &format!("{path} at {width}")).await?);
            }
        }
        browser.close().await?;
    }
    ensure!(found.is_empty(), "{scheme}:\n{}", found.join("\n"));
    Ok(())
}

/// That a page which only a journey reaches has no violation, as it is open.
pub(crate) async fn is_clean(browser: &Browser) -> anyhow::Result<()> {
    let place = browser.client.current_url().await?;
    let found = violations(browser, place.path()).await?;
    ensure!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

async fn violations(browser: &Browser, place: &str) -> anyhow::Result<Vec<String>> {
    browser.client.execute(AXE, vec![]).await?;
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(
            (result) => done(result.violations.flatMap((rule) => rule.nodes.map(
                (node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))),
            (error) => done([String(error)]));";
    let found = browser.client.execute_async(script, vec![]).await?;
    let rows = found.as_array().cloned().unwrap_or_default();
    Ok(rows
        .iter()
        .filter_map(Value::as_str)
        .map(|row| format!("{place}: {}", row.replace('\n', " ")))
        .collect())
}
