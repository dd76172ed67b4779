use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use futures::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::*;

struct Served {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// A server whose `/endless` never ends by itself, not even when asked to.
async fn served(limits: Limits) -> Served {
    let endless = || async {
        let beats = stream::once(async { Ok::<_, io::Error>("beat\n") });
        axum::body::Body::from_stream(beats.chain(stream::pending())).into_response()
    };
    let router = Router::new()
        .route(
            "/",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
        )
        .route("/endless", get(endless))
        .route("/", post(|_: String| async { "taken" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(serve(listener, router, limits, stop.clone()));
    Served { address, stop, task }
}

fn hasty() -> Limits {
    Limits::builder()
        .head(Duration::from_millis(200))
        .body(Duration::from_millis(200))
        .drain(Duration::from_millis(200))
        .connections(400)
        .build()
}

/// Sends this and gives all that comes until the server closes.
async fn exchange(address: SocketAddr, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent).await.unwrap();
    let mut got = Vec::new();
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut got)).await.unwrap();
    String::from_utf8_lossy(&got).into_owned()
}

#[tokio::test]
async fn a_handler_learns_the_address_of_its_peer() {
    let served = served(Limits::default()).await;

    let got = exchange(served.address, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");

    assert!(got.await.contains("\r\n\r\n127.0.0.1:"));
}

#[tokio::test]
async fn a_request_that_comes_letter_by_letter_is_understood() {
    let served = served(Limits::default()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    stream.set_nodelay(true).unwrap();

    for letter in b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n" {
        stream.write_all(&[*letter]).await.unwrap();
        tokio::task::yield_now().await;
    }

    let mut got = String::new();
    stream.read_to_string(&mut got).await.unwrap();
    assert!(got.starts_with("HTTP/1.1 200") && got.ends_with("taken"), "{got}");
}

#[tokio::test]
async fn a_client_that_begins_as_either_and_says_no_more_is_cut() {
    let served = served(hasty()).await;

    assert_eq!(exchange(served.address, b"P").await, "");
    assert_eq!(exchange(served.address, b"").await, "");
    assert!(!exchange(served.address, b"PRI * HTTP/2.0\r\n\r\nSM").await.contains("200"));
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_cut() {
    let served = served(hasty()).await;

    for sent in [
        &b""[..],
        b"P",
        b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        exchange(served.address, sent).await;
    }
}

#[tokio::test]
async fn a_client_that_never_ends_its_body_is_refused() {
    let served = served(hasty()).await;

    let sent = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nslow";
    let got = exchange(served.address, sent).await;

    assert!(got.starts_with("HTTP/1.1 4"), "{got}");
}

#[tokio::test]
async fn connections_beyond_the_cap_wait_their_turn() {
    let served = served(Limits::builder().connections(1).head(hasty().head).build()).await;
    let _idle = TcpStream::connect(served.address).await.unwrap();

    let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let got = exchange(served.address, request).await;

    assert!(got.starts_with("HTTP/1.1 200"), "{got}");
}

#[tokio::test]
async fn it_stops_in_time_with_200_streams_that_do_not_end() {
    let served = served(hasty()).await;
    let mut clients = Vec::new();
    for _ in 0..200 {
        let mut client = TcpStream::connect(served.address).await.unwrap();
        client.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut start = [0; 12];
        client.read_exact(&mut start).await.unwrap();
        clients.push(client);
    }
    let since = Instant::now();

    served.stop.cancel();
    timeout(Duration::from_secs(5), served.task).await.unwrap().unwrap();

    assert!(since.elapsed() >= hasty().drain);
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn idle_connections_do_not_hold_up_the_end() {
    let served = served(Limits::default()).await;
    let mut idle = TcpStream::connect(served.address).await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut start = [0; 12];
    idle.read_exact(&mut start).await.unwrap();

    served.stop.cancel();

    timeout(Duration::from_secs(2), served.task).await.unwrap().unwrap();
}
