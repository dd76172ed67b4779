//! A receiver of webhooks for tests: it speaks HTTP on a port of this machine,
//! keeps what it is told, and can be made to behave badly.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How the receiver treats whoever comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// As one hopes.
    Takes,
    /// It answers with this status and a word.
    Answers(u16),
    /// It answers with this status and asks to be left alone: its `Retry-After`.
    AsksToWait(u16, &'static str),
    /// It never answers.
    Hangs,
    /// It sends the message on to this address, with this status.
    Redirects(u16, String),
    /// It answers with this status and a body of so many bytes.
    Floods(u16, usize),
    /// It takes a message and ends the connection without a word.
    Drops,
}

/// A message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Received {
    /// The value of a header; empty if it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// The receiver. It ends when dropped.
pub struct HookReceiver {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    received: watch::Sender<Vec<Received>>,
    _running: DropGuard,
}

impl HookReceiver {
    /// A receiver at a loopback address of this machine that takes everything.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let manner = Arc::new(Mutex::new(Manner::Takes));
        let (received, _) = watch::channel(Vec::new());
        let end = CancellationToken::new();
        let (of, kept) = (Arc::clone(&manner), received.clone());
        let listening = async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&of), kept.clone()));
            }
        };
        tokio::spawn(end.clone().run_until_cancelled_owned(listening));
        Self { address, manner, received, _running: end.drop_guard() }
    }

    /// Its address by number, with a path.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Its address by name.
    #[must_use]
    pub fn named(&self) -> String {
        format!("http://localhost:{}/hook", self.address.port())
    }

    /// Has it behave so from now on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock() = manner;
    }

    /// What it was told, the oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// What it was told, once that is so many messages.
    ///
    /// # Panics
    ///
    /// When the receiver is gone.
    pub async fn once(&self, count: usize) -> Vec<Received> {
        let mut heard = self.received.subscribe();
        heard.wait_for(|received| received.len() >= count).await.expect("a receiver").clone()
    }
}

async fn serve(
    stream: TcpStream,
    manner: Arc<Mutex<Manner>>,
    received: watch::Sender<Vec<Received>>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let message = read(&mut stream).await?;
        received.send_modify(|all| all.push(message));
        let now = manner.lock().clone();
        let (status, header, body) = match now {
            Manner::Takes => (204, None, Vec::new()),
            Manner::Answers(status) => (status, None, b"not\r\nnow".to_vec()),
            Manner::AsksToWait(status, wait) => {
                (status, Some(format!("retry-after: {wait}\r\n")), Vec::new())
            }
            Manner::Redirects(status, to) => {
                (status, Some(format!("location: {to}\r\n")), Vec::new())
            }
            Manner::Floods(status, bytes) => (status, None, vec![b'x'; bytes]),
            Manner::Hangs => std::future::pending().await,
            Manner::Drops => return None,
        };
        let (header, length) = (header.unwrap_or_default(), body.len());
        let head = format!("HTTP/1.1 {status} X\r\n{header}content-length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.ok()?;
        stream.write_all(&body).await.ok()?;
        stream.flush().await.ok()?;
    }
}

/// One request, whole.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<Received> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.push((name.to_lowercase(), value.to_owned())),
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Received { headers, body: String::from_utf8(body).ok()? })
}
