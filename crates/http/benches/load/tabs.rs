//! Thousands of open tabs that note when each change reaches them.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::Error;

/// Stands in every change, followed by its number in six digits.
pub(crate) const MARK: &str = "probe-";
/// So many tabs open at a time.
const OPENING: usize = 64;
/// A change that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a tab saw: a state, or the change of this number.
enum Seen {
    Open,
    Change(u32, Instant, usize),
}

/// Open tabs.
pub(crate) struct Tabs {
    seen: mpsc::UnboundedReceiver<Seen>,
    count: usize,
    _open: JoinSet<()>,
}

impl Tabs {
    /// Opens as many tabs as there are requests, and waits until each has its
    /// first state.
    pub(crate) async fn open(address: &str, requests: Vec<String>) -> Result<Self, Error> {
        let count = requests.len();
        let (tell, mut seen) = mpsc::unbounded_channel();
        let places = std::sync::Arc::new(Semaphore::new(OPENING));
        let mut tabs = JoinSet::new();
        for request in requests {
            let place = std::sync::Arc::clone(&places).acquire_owned().await?;
            let mut socket = TcpStream::connect(address).await?;
            let tell = tell.clone();
            tabs.spawn(async move {
                if socket.write_all(request.as_bytes()).await.is_ok() {
                    read(socket, place, tell).await;
                }
            });
        }
        for opened in 0..count {
            match timeout(PATIENCE, seen.recv()).await {
                Ok(Some(Seen::Open)) => {}
                _ => return Err(format!("only {opened} of {count} tabs opened").into()),
            }
        }
        Ok(Self { seen, count, _open: tabs })
    }

    /// How long after `since` each tab had the change, and the bytes in which
    /// it came.
    pub(crate) async fn receipts(
        &mut self,
        change: u32,
        since: Instant,
    ) -> Result<(Vec<Duration>, usize), Error> {
        let (mut receipts, mut size) = (Vec::with_capacity(self.count), 0);
        while receipts.len() < self.count {
            match timeout(PATIENCE, self.seen.recv()).await {
                Ok(Some(Seen::Change(number, at, bytes))) if number == change => {
                    receipts.push(at.saturating_duration_since(since));
                    size = bytes;
                }
                Ok(Some(_)) => {}
                _ => {
                    let (got, count) = (receipts.len(), self.count);
                    return Err(format!("change {change} reached {got} of {count} tabs").into());
                }
            }
        }
        Ok((receipts, size))
    }
}

/// Reads a stream to its end.
async fn read<P>(mut socket: TcpStream, place: P, tell: mpsc::UnboundedSender<Seen>) {
    let mut place = Some(place);
    let mut last = None;
    let mut buffer = Vec::with_capacity(4096);
    let mut size = 0;
    loop {
        match socket.read_buf(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => size += read,
        }
        if place.is_some() && find(&buffer, b"HTTP/1.1 4").is_some() {
            return; // Refused: the tab is missed when they are counted.
        }
        if place.is_some() && find(&buffer, b"event: datastar").is_some() {
            place = None;
            let _ = tell.send(Seen::Open);
        }
        if let Some(number) = mark(&buffer)
            && last.is_none_or(|last| last < number)
        {
            last = Some(number);
            // From one mark to the next it is as far as a change is long.
            let _ = tell.send(Seen::Change(number, Instant::now(), size));
            size = 0;
        }
        // A mark may be torn between two pieces.
        let done = buffer.len().saturating_sub(MARK.len() + 6);
        buffer.drain(..done);
        if buffer.capacity() > 64 * 1024 {
            buffer.shrink_to(4096);
        }
    }
}

/// The number of the last mark.
fn mark(bytes: &[u8]) -> Option<u32> {
    let at = bytes.windows(MARK.len()).rposition(|window| window == MARK.as_bytes())?;
    let digits = bytes.get(at + MARK.len()..at + MARK.len() + 6)?;
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
