use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::SetOnce;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

use super::Limits;
use crate::grpc;

/// How often an HTTP/2 connection is asked whether it still lives.
const PING: Duration = Duration::from_secs(20);
/// With these begins the preface of HTTP/2 (RFC 9113, 3.4), and no request of
/// HTTP/1.1.
const HTTP2: &[u8] = b"PRI";
/// Before a beginning that is too short to tell is looked at again.
const MORE: Duration = Duration::from_millis(10);

/// One connection of a client, HTTP/1.1 or HTTP/2 by what it says first.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) peer: SocketAddr,
    pub(super) limits: Limits,
}

impl Connection {
    /// Answers its requests, until the client leaves or dawdles, or `stop` is
    /// cancelled and the open requests are answered.
    pub(super) async fn serve(self, router: Router, stop: CancellationToken) {
        let (peer, limits) = (self.peer, self.limits);
        let speaks_http2 = tokio::select! {
            speaks = timeout(limits.head, speaks_http2(&self.stream)) => speaks,
            () = stop.cancelled() => return,
        };
        let Ok(Ok(speaks_http2)) = speaks_http2 else { return };
        let asked = Arc::new(SetOnce::new());
        let asking = Arc::clone(&asked);
        let service = service_fn(move |request: Request<Incoming>| {
            let _ = asking.set(());
            let patience =
                if grpc::is_grpc(request.headers()) { limits.message } else { limits.body };
            let mut request =
                request.map(|incoming| Body::new(TimeoutBody::new(patience, incoming)));
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let dawdles = dawdling(&asked, limits.head);
        let io = TokioIo::new(self.stream);
        let ended = if speaks_http2 {
            // Boxed, or each connection would be as large as these few.
            Box::pin(answer(http2().serve_connection(io, service), dawdles, &stop)).await
        } else {
            answer(http1(limits.head).serve_connection(io, service), dawdles, &stop).await
        };
        if let Err(error) = ended {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
        }
    }
}

/// Whether a client speaks HTTP/2, as far as it has said something. It is looked
/// at where it lies: reading it would cost each connection a second buffer.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; HTTP2.len()];
    loop {
        let length = stream.peek(&mut first).await?;
        let seen = &first[..length];
        if seen.is_empty() || seen == HTTP2 || !HTTP2.starts_with(seen) {
            return Ok(seen == HTTP2);
        }
        sleep(MORE).await;
    }
}

fn http1(head: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(64 * 1024);
    builder
}

fn http2() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(256)
        .max_header_list_size(32 * 1024);
    builder
}

/// Answers until the client leaves or dawdles, or it is time to stop.
async fn answer<C>(
    connection: C,
    dawdles: impl Future<Output = ()>,
    stop: &CancellationToken,
) -> Result<(), C::Error>
where
    C: GracefulConnection,
{
    let mut serving = pin!(connection);
    let ended = tokio::select! {
        ended = serving.as_mut() => Some(ended),
        () = stop.cancelled() => None,
        () = dawdles => Some(Ok(())),
    };
    if let Some(ended) = ended {
        return ended;
    }
    serving.as_mut().graceful_shutdown();
    serving.await
}

/// Returns when the time is over and nothing was asked; otherwise never.
async fn dawdling(asked: &SetOnce<()>, head: Duration) {
    if timeout(head, asked.wait()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}
