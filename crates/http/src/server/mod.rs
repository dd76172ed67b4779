//! Connections: how many, how long they may take to say what they want, and
//! how they end.

mod connection;
#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use connection::Connection;

/// What clients may take.
#[derive(Debug, Clone, Copy, bon::Builder)]
pub struct Limits {
    /// From opening a connection, or from the end of the last answer, to the
    /// end of the next request's head.
    #[builder(default = Duration::from_secs(15))]
    head: Duration,
    /// Between two pieces of a request's body.
    #[builder(default = Duration::from_secs(20))]
    body: Duration,
    /// Between two messages of a stream of gRPC; loggers may report once an
    /// hour. Whether the connection still lives is asked far more often.
    #[builder(default = Duration::from_mins(70))]
    message: Duration,
    /// Connections at a time; further ones wait to be accepted.
    #[builder(default = 16_384)]
    connections: usize,
    /// From the wish to stop until whatever is still open is cut.
    #[builder(default = Duration::from_secs(4))]
    drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self::builder().build()
    }
}

/// Serves until `stop` is cancelled, lets open requests end, and returns at
/// the latest when the time for that is over. Whoever holds a stream open ends
/// it on the same token.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let connections = TaskTracker::new();
    let cut = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept(&listener, &slots) => accepted,
        };
        let (stream, peer, slot) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = after(&error) => continue,
                }
            }
        };
        let connection = Connection { stream, peer, limits };
        let serving = connection.serve(router.clone(), stop.clone());
        let cut = cut.clone();
        connections.spawn(async move {
            tokio::select! {
                () = serving => {}
                () = cut.cancelled() => {}
            }
            drop(slot);
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(limits.drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections cut at the end");
        cut.cancel();
        connections.wait().await;
    }
}

/// Lets the process open as many files, thus connections, as it is allowed to.
pub fn raise_open_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::debug!(%error, "the limit of open files stays");
    }
}

type Accepted = (TcpStream, std::net::SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, slots: &Arc<Semaphore>) -> io::Result<Accepted> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Live streams write small pieces that must not wait for each other.
    stream.set_nodelay(true)?;
    Ok((stream, peer, slot))
}

/// Some failures are of one connection only; others, such as too many open
/// files, need a moment to pass.
async fn after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput};
    if !matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput
    ) {
        tracing::error!(%error, "no connection can be accepted");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
