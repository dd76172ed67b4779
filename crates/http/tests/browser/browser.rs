use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::program::PASSWORD;

/// The driver through which browsers are opened.
pub(crate) struct Driver {
    address: String,
    _child: Child,
}

impl Driver {
    /// Whether Chromium and its driver are there; if not, how to get them.
    pub(crate) fn installed() -> Result<(), String> {
        let missing: Vec<&str> = [
            ("chromium", chromium().is_none()),
            ("chromedriver", on_path("chromedriver").is_none()),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(format!(
            "browser tests need {}: apt-get install chromium chromium-driver",
            missing.join(" and ")
        ))
    }

    /// Starts the driver on a port of its choice.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("the driver's output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.rsplit_once("started successfully on port ") {
                let port = port.trim_end_matches('.');
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { address: format!("http://127.0.0.1:{port}"), _child: child });
            }
        }
        bail!("chromedriver ended before it was ready")
    }

    /// Opens a browser with script.
    pub(crate) async fn open(&self) -> anyhow::Result<Browser> {
        self.open_with(json!({})).await
    }

    /// Opens a browser that runs no script of pages.
    pub(crate) async fn open_without_script(&self) -> anyhow::Result<Browser> {
        self.open_with(json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    async fn open_with(&self, preferences: Value) -> anyhow::Result<Browser> {
        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({
                "binary": chromium().context("chromium")?,
                "prefs": preferences,
                "args": [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--disable-background-networking", "--disable-component-update",
                    "--disable-sync", "--disable-quic", "--no-first-run",
                    "--window-size=1440,900",
                ],
            }),
        );
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        let client = builder.capabilities(capabilities.clone()).connect(&self.address).await?;
        Ok(Browser { client })
    }
}

fn on_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path)
}

/// A browser with a profile of its own.
pub(crate) struct Browser {
    /// Speaks to the driver.
    pub(crate) client: Client,
}

impl Browser {
    /// Signs in as a demo account at the program under this address.
    pub(crate) async fn sign_in(&self, address: &str, account: &str) -> anyhow::Result<()> {
        self.client.goto(&format!("{address}/sign-in")).await?;
        self.type_into("input[name=email]", &format!("{account}@demo.greengrid.example")).await?;
        self.type_into("input[name=password]", PASSWORD).await?;
        self.client.find(Locator::Css("main button[type=submit]")).await?.click().await?;
        self.until("location.pathname !== '/sign-in'", 10).await
    }

    /// Types into a field.
    pub(crate) async fn type_into(&self, css: &str, text: &str) -> anyhow::Result<()> {
        self.client.find(Locator::Css(css)).await?.send_keys(text).await?;
        Ok(())
    }

    /// The value of a script expression.
    pub(crate) async fn value(&self, expression: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(&format!("return ({expression});"), vec![]).await?)
    }

    /// Waits until a script expression is true, in the page itself, so that
    /// what happens between two looks is not missed.
    pub(crate) async fn until(&self, expression: &str, seconds: u64) -> anyhow::Result<()> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < deadline {
            let left = deadline.saturating_duration_since(Instant::now()).as_millis();
            let script = format!(
                "const done = arguments[arguments.length - 1];
                 const end = performance.now() + Math.min({left}, 5000);
                 const look = () => {{
                   let met = false;
                   try {{ met = !!({expression}); }} catch {{ }}
                   if (met || performance.now() > end) done(met); else setTimeout(look, 20);
                 }};
                 look();"
            );
            // A page that navigates away while it waits is asked again.
            if let Ok(Value::Bool(true)) = self.client.execute_async(&script, vec![]).await {
                return Ok(());
            }
        }
        bail!("after {seconds} s still not: {expression}; at {}", self.client.current_url().await?)
    }

    /// Text of the first element that matches.
    pub(crate) async fn text(&self, css: &str) -> anyhow::Result<String> {
        Ok(self.client.find(Locator::Css(css)).await?.text().await?)
    }

    /// Shows pages as on a screen of this size.
    pub(crate) async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
        )
        .await
    }

    /// Chooses the colour scheme the system asks for.
    pub(crate) async fn prefer(&self, scheme: &str) -> anyhow::Result<()> {
        self.devtools(
            "Emulation.setEmulatedMedia",
            json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        )
        .await
    }

    async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<()> {
        self.client.issue_cmd(DevTools { command: command.to_owned(), parameters }).await?;
        Ok(())
    }

    /// Closes the browser.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        timeout(Duration::from_secs(10), self.client.close()).await??;
        Ok(())
    }
}

/// A command of the browser's debugging protocol, sent through the driver.
#[derive(Debug)]
struct DevTools {
    command: String,
    parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        let body = json!({ "cmd": self.command, "params": self.parameters });
        (Method::POST, Some(body.to_string()))
    }
}
