//! A vendor of the test's own making: answers as told, and remembers what it
//! was asked.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use greengrid_app::error::StoreError;
use greengrid_app::ingestion::vendors::{
    CallBudget, Calls, OAuthClient, OAuthTokens, Origin, SecretText, TokenVault, VendorError,
    VendorReading, Window,
};
use greengrid_domain::units::{Energy, Power};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A budget without bounds.
pub(super) struct Unlimited;

#[async_trait]
impl CallBudget for Unlimited {
    async fn spend(&self, _calls: Calls) -> Result<(), VendorError> {
        Ok(())
    }
}

/// Tokens in memory.
pub(super) struct MemoryVault {
    held: Mutex<OAuthTokens>,
    fails: AtomicBool,
}

impl MemoryVault {
    pub(super) fn holding(tokens: OAuthTokens) -> Self {
        Self { held: Mutex::new(tokens), fails: AtomicBool::new(false) }
    }

    pub(super) fn held(&self) -> OAuthTokens {
        self.held.lock().clone()
    }

    pub(super) fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }
}

#[async_trait]
impl TokenVault for MemoryVault {
    async fn current(&self) -> Result<OAuthTokens, StoreError> {
        Ok(self.held())
    }

    async fn rotate(
        &self,
        spent: &OAuthTokens,
        fresh: OAuthTokens,
    ) -> Result<OAuthTokens, StoreError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(StoreError::busy("told to fail"));
        }
        let mut held = self.held.lock();
        if *held == *spent {
            *held = fresh;
        }
        Ok(held.clone())
    }
}

pub(super) fn now() -> Timestamp {
    "2026-06-12T10:00:00Z".parse().unwrap()
}

pub(super) fn client() -> OAuthClient {
    OAuthClient { id: "our-client".to_owned(), secret: SecretText::new("client-secret") }
}

/// Tokens of which the access token is good for some seconds from [`now`].
pub(super) fn tokens(access: &str, refresh: &str, seconds: i64) -> OAuthTokens {
    OAuthTokens {
        access: SecretText::new(access),
        access_until: now() + SignedDuration::from_secs(seconds),
        refresh: SecretText::new(refresh),
        refresh_until: now() + SignedDuration::from_hours(30 * 24),
    }
}

pub(super) fn window(from: &str, to: &str) -> Window {
    Window { from: from.parse().unwrap(), to: to.parse().unwrap() }
}

/// A reading in one line: device, start, watts, watt-hours.
pub(super) fn line(reading: &VendorReading) -> String {
    let number = |value: Option<i64>| value.map_or_else(|| "-".to_owned(), |v| v.to_string());
    format!(
        "{} {} {} {}",
        reading.device.as_ref().map_or("site", |device| device.as_str()),
        reading.start,
        number(reading.measurement.power.map(Power::watts)),
        number(reading.measurement.energy.map(Energy::wh)),
    )
}

/// An answer to be given.
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Reply {
    pub(super) fn new(status: u16, body: impl Into<String>) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { status, headers, body: body.into() }
    }

    pub(super) fn ok(body: impl Into<String>) -> Self {
        Self::new(200, body)
    }

    pub(super) fn html(status: u16) -> Self {
        let headers = vec![("content-type", "text/html; charset=UTF-8".to_owned())];
        Self { status, headers, body: "<html><title>Bad gateway</title></html>".to_owned() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A server on this machine that gives its replies in turn.
pub(super) struct Vendor {
    pub(super) origin: Origin,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Vendor {
    pub(super) async fn replying(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut replies = VecDeque::from(replies);
            while let Ok((socket, _)) = listener.accept().await {
                let reply = replies.pop_front().unwrap_or_else(|| Reply::new(599, "unasked"));
                serve(socket, &reply, &noted).await;
            }
        });
        Self { origin: Origin { base, stand_in: true }, asked }
    }

    /// The requests so far: each its first line and headers.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().clone()
    }

    /// What was asked for: method, path and query of each request.
    pub(super) fn targets(&self) -> Vec<String> {
        let first = |request: String| {
            let line = request.lines().next().unwrap_or_default().to_owned();
            line.trim_end_matches(" HTTP/1.1").to_owned()
        };
        self.asked().into_iter().map(first).collect()
    }
}

async fn serve(mut socket: TcpStream, reply: &Reply, asked: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let read = socket.read(&mut chunk).await.unwrap_or(0);
        request.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if read == 0 {
                return;
            }
            continue;
        };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        if body.len() >= length || read == 0 {
            break;
        }
    }
    asked.lock().push(String::from_utf8_lossy(&request).into_owned());
    let (status, length) = (reply.status, reply.body.len());
    let headers: Vec<String> =
        reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let answer = format!(
        "HTTP/1.1 {status} Told\r\nconnection: close\r\n{}content-length: {length}\r\n\r\n{}",
        headers.concat(),
        reply.body
    );
    let _ = socket.write_all(answer.as_bytes()).await;
}
