use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// The password of every demo account.
pub(crate) const PASSWORD: &str = "sunny-morning-200";

/// The program, as a visitor starts it, with a small demo fleet.
pub(crate) struct Program {
    child: Child,
    /// How much it holds.
    pub(crate) size: Size,
    /// Where it listens, such as `http://127.0.0.1:4711`.
    pub(crate) address: String,
    /// A token that may send readings.
    pub(crate) token: String,
    /// Codes of two sites.
    pub(crate) sites: Vec<String>,
    data: tempfile::TempDir,
}

/// How much a demo holds.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Sites of its fleet.
    pub(crate) sites: usize,
    /// Days of readings behind it.
    pub(crate) days: usize,
}

impl Program {
    /// Starts the program and waits for the address on its output.
    pub(crate) async fn start(size: Size) -> anyhow::Result<Self> {
        let data = tempfile::Builder::new().prefix("greengrid-browser-").tempdir()?;
        let (child, told) = up(size, data.path(), "127.0.0.1:0").await?;
        let text = |value: &Value| value.as_str().map(str::to_owned).context("a text in demo.json");
        Ok(Self {
            child,
            size,
            address: text(&told["address"])?,
            token: text(&told["token"])?,
            sites: told["sites"]
                .as_array()
                .context("sites in demo.json")?
                .iter()
                .map(text)
                .collect::<anyhow::Result<_>>()?,
            data,
        })
    }

    /// Kills the program in the midst of what it does.
    pub(crate) async fn kill(&mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Starts it again after that, with its data and under its address.
    pub(crate) async fn start_again(&mut self) -> anyhow::Result<()> {
        let port = self.address.trim_start_matches("http://").to_owned();
        (self.child, _) = up(self.size, self.data.path(), &port).await?;
        Ok(())
    }

    /// The address of the database it works on.
    pub(crate) async fn database(&self) -> anyhow::Result<String> {
        Ok(tokio::fs::read_to_string(self.data.path().join("database.url")).await?)
    }

    /// The address of a page.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// Sends readings as CSV, as a logger would, and gives the answer.
    pub(crate) async fn send(&self, csv: String) -> anyhow::Result<Value> {
        let request = Request::post(self.url("/api/v1/readings"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "text/csv")
            .body(Full::<Bytes>::from(csv))?;
        let client = Client::builder(TokioExecutor::new()).build_http();
        let answer = client.request(request).await?.into_body().collect().await?;
        Ok(serde_json::from_slice(&answer.to_bytes())?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A polite end lets the private Postgres stop too.
        if let Some(pid) = self.child.id() {
            let stopped = std::process::Command::new("kill").arg(pid.to_string()).status();
            if stopped.is_ok_and(|status| status.success()) {
                for _ in 0..100 {
                    if matches!(self.child.try_wait(), Ok(Some(_))) {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }
}

/// Starts the program on a data directory; gives what it tells of itself.
async fn up(size: Size, data: &Path, address: &str) -> anyhow::Result<(Child, Value)> {
    let (sites, days) = (size.sites.to_string(), size.days.to_string());
    let mut child = Command::new(env!("CARGO_BIN_EXE_greengrid"))
        .args(["demo", "--sites", &sites, "--history-days", &days])
        .env("GREENGRID_ADDR", address)
        .env("GREENGRID_DATA_DIR", data)
        .env("GREENGRID_WEBHOOK_NETWORKS", "127.0.0.1")
        .env_remove("DATABASE_URL")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().context("the program's output")?;
    let told = timeout(Duration::from_mins(4), until_it_tells(output, data))
        .await
        .context("the program did not come up")??;
    Ok((child, told))
}

/// Reads the program's output until the address is printed; `demo.json` is
/// written before.
async fn until_it_tells(output: tokio::process::ChildStdout, data: &Path) -> anyhow::Result<Value> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if line.contains("http://") {
            // Whoever stops reading would stop the writer too.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            let told = tokio::fs::read(data.join("demo.json")).await.context("demo.json")?;
            return Ok(serde_json::from_slice(&told)?);
        }
    }
    bail!("the program ended before it told its address")
}
