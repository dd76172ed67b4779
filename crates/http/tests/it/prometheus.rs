//! The dashboard's queries, asked of a running Prometheus.

use std::process::Stdio;
use std::time::Duration;

use greengrid_http::bootstrap::{Core, Instance, connect};
use greengrid_http::server::Limits;
use greengrid_infra::postgres::testing::TestDatabase;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::support::settings;

const DASHBOARD: &str = include_str!("../../../../deploy/grafana/dashboards/greengrid.json");
const CONFIGURATION: &str = include_str!("../../../../deploy/prometheus/prometheus.yml");

/// The body of an answer to a plain request.
async fn get(address: &str, path: &str) -> std::io::Result<String> {
    let mut socket = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await?;
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// What Prometheus answers to a query.
async fn ask(address: &str, query: &str) -> Option<Value> {
    let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let body = get(address, &format!("/api/v1/query?query={query}")).await.ok()?;
    let begin = body.find('{')?;
    serde_json::from_str(&body[begin..=body.rfind('}')?]).ok()
}

fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn every_query_of_the_dashboard_has_an_answer() {
    if std::process::Command::new("prometheus").arg("--version").output().is_err() {
        eprintln!("skipped: needs Prometheus (apt-get install prometheus)");
        return;
    }
    let db = TestDatabase::from_template().await;
    let core = Core::production(connect(&db.url()).await.unwrap()).await.unwrap();
    let instance = Instance::start(core, settings()).await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ours = listener.local_addr().unwrap().to_string();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(instance.serve(listener, Limits::default(), stop.clone()));
    let folder = tempfile::tempdir().unwrap();
    let configuration = CONFIGURATION
        .replace("127.0.0.1:3000", &ours)
        .replace("scrape_interval: 15s", "scrape_interval: 1s");
    let file = folder.path().join("prometheus.yml");
    std::fs::write(&file, configuration).unwrap();
    let theirs = format!("127.0.0.1:{}", free_port().await);
    let mut prometheus = Command::new("prometheus")
        .arg(format!("--config.file={}", file.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .arg(format!("--web.listen-address={theirs}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    get(&ours, "/healthz").await.unwrap();

    // Rates need two looks; Prometheus looks by its own clock.
    let mut open = queries();
    let asked = timeout(Duration::from_mins(1), async {
        while !open.is_empty() {
            let mut left = Vec::new();
            for query in open {
                let answer = ask(&theirs, &query).await;
                if let Some(answer) = &answer {
                    assert_ne!(answer["status"], "error", "{query}: {answer}");
                }
                // Without a vendor's key there is nothing to tell of its calls.
                let bare = query.contains("greengrid_vendor");
                let rows = answer.as_ref().and_then(|it| it["data"]["result"].as_array());
                if !(rows.is_some_and(|rows| bare || !rows.is_empty())) {
                    left.push(query);
                }
            }
            open = left;
            sleep(Duration::from_millis(300)).await;
        }
    })
    .await;

    prometheus.kill().await.unwrap();
    stop.cancel();
    serving.await.unwrap();
    assert!(asked.is_ok(), "some queries stay without an answer");
}
