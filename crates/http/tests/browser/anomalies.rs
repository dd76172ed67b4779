//! What becomes of an anomaly while somebody watches the overview.

use anyhow::{Context, ensure};
use jiff::{SignedDuration, Timestamp};

use super::Stage;
use super::browser::Browser;
use super::journeys::LIVE;

/// Seconds in which what was sent has to be judged and shown.
const SHOWN_WITHIN: u64 = 10;

/// A reading as the site's export has it.
pub(super) struct Sent {
    pub(super) measured_at: Timestamp,
    device: String,
    power_w: String,
    energy_wh: String,
}

pub(crate) async fn an_anomaly_opens_grows_and_is_taken_back_before_its_reader(
    stage: &Stage,
) -> anyhow::Result<()> {
    let browser = stage.open().await?;
    browser.sign_in(&stage.program.address, "ops").await?;
    let (code, name) = healthy_sites(stage, &browser).await?.pop().context("none")?;
    let sent = readings_of_today(&browser, &code).await?;
    let newest = sent.last().context("no readings today")?.measured_at;
    let since = |minutes| newest - SignedDuration::from_mins(minutes);
    let between = |from, to| {
        sent.iter().filter(move |row| (from..=to).contains(&row.measured_at)).collect::<Vec<_>>()
    };
    browser.client.goto(&stage.program.url("/overview")).await?;
    browser.until(LIVE, 30).await?;
    browser.client.execute("window.loadedOnce = true;", vec![]).await?;
    let row = format!(
        "[...document.querySelectorAll('#attention > li')].find(row => row.textContent.includes({}))",
        serde_json::to_string(&name)?
    );

    let last_hour = between(since(75), newest);
    stage.program.send(csv(&code, &last_hour, true)).await?;
    browser.until(&row, SHOWN_WITHIN).await.context("no outage on the overview")?;
    let before = browser.value(&format!("({row}).textContent")).await?;

    let earlier = between(since(150), since(76));
    stage.program.send(csv(&code, &earlier, true)).await?;
    let grown = format!("({row}).textContent !== {before}");
    browser.until(&grown, SHOWN_WITHIN).await.context("the outage did not grow")?;

    for rows in [&earlier, &last_hour] {
        stage.program.send(csv(&code, rows, false)).await?;
    }
    browser.until(&format!("!({row})"), SHOWN_WITHIN).await.context("the outage stayed")?;
    ensure!(browser.value("window.loadedOnce").await? == true, "the page was loaded anew");

    browser.client.goto(&stage.program.url(&format!("/sites/{code}"))).await?;
    let why = "Later readings show that the site produced meanwhile.";
    let link = "[...document.querySelectorAll('.lanes__what')].find(link => link.textContent === 'Outage')";
    let case = browser.value(&format!("{link}.getAttribute('href')")).await?;
    let case = case.as_str().context("the outage is not on the site's page")?;
    browser.client.goto(&stage.program.url(case)).await?;
    let case = browser.text("#s-cases").await?;
    ensure!(case.contains(why), "the site does not say why, but: {case}");
    browser.close().await
}

/// Codes and names of the sites of which nothing is wrong, and that no journey of
/// another kind sends readings of. Each journey here has its own end of them.
pub(super) async fn healthy_sites(
    stage: &Stage,
    browser: &Browser,
) -> anyhow::Result<Vec<(String, String)>> {
    browser.client.goto(&stage.program.url("/sites?status=on_track")).await?;
    let script = "[...document.querySelectorAll('main tbody a[href^=\"/sites/\"]')]
        .map(link => [link.getAttribute('href').slice('/sites/'.length), link.textContent.trim()])";
    let mut listed: Vec<(String, String)> = serde_json::from_value(browser.value(script).await?)?;
    listed.retain(|(code, _)| !stage.program.sites.contains(code));
    ensure!(listed.len() > 1, "too few sites are on track: {listed:?}");
    Ok(listed)
}

/// Today's readings of a site, oldest first.
pub(super) async fn readings_of_today(browser: &Browser, code: &str) -> anyhow::Result<Vec<Sent>> {
    let script = "const done = arguments[arguments.length - 1];
        fetch(`/sites/${arguments[0]}/readings.csv`).then(answer => answer.text()).then(done);";
    let text = browser.client.execute_async(script, vec![code.into()]).await?;
    let text = text.as_str().context("the export is no text")?;
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let field = |at: usize| fields.get(at).copied().unwrap_or_default().to_owned();
            Ok(Sent {
                measured_at: field(1).parse()?,
                device: field(2),
                power_w: field(3),
                energy_wh: field(4),
            })
        })
        .collect()
}

/// The readings again: as they were, or saying that nothing was produced.
pub(super) fn csv(code: &str, rows: &[&Sent], nothing: bool) -> String {
    let value = |value: &str| if nothing && !value.is_empty() { "0" } else { value }.to_owned();
    let line = |sent: &&Sent| {
        let Sent { measured_at, device, power_w, energy_wh } = sent;
        let (power_w, energy_wh) = (value(power_w), value(energy_wh));
        format!("{code},{measured_at},{device},{power_w},{energy_wh}")
    };
    let head = "site_id,timestamp_utc,device_id,power_w,energy_wh".to_owned();
    std::iter::once(head).chain(rows.iter().map(line)).collect::<Vec<_>>().join("\n")
}
