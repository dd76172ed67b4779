use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::SetOnce;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::timeout::TimeoutBody;

use super::Limits;
use crate::grpc;

/// How often an HTTP/2 connection is asked whether it still lives.
const PING: Duration = Duration::from_secs(20);

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
        let head = limits.head;
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
        let builder = builder(head);
        let mut serving =
            pin!(builder.serve_connection_with_upgrades(TokioIo::new(self.stream), service));
        let ended = tokio::select! {
            ended = serving.as_mut() => Some(ended),
            () = stop.cancelled() => None,
            // Which version it speaks shows only after some bytes, and nothing
            // else limits how long those take.
            () = dawdling(&asked, head) => Some(Ok(())),
        };
        let ended = if let Some(ended) = ended {
            ended
        } else {
            serving.as_mut().graceful_shutdown();
            serving.await
        };
        if let Err(error) = ended {
            tracing::debug!(error, "a connection broke");
        }
    }
}

/// Returns when the time is over and nothing was asked; otherwise never.
async fn dawdling(asked: &SetOnce<()>, head: Duration) {
    if tokio::time::timeout(head, asked.wait()).await.is_ok() {
        std::future::pending::<()>().await;
    }
}

fn builder(head: Duration) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head).max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_concurrent_streams(256)
        .max_header_list_size(32 * 1024);
    builder
}
