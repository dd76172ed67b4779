//! What runs beside the program.

/// A port of this machine that nobody listens on.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The answer of something that runs beside the program, as it comes over the
/// wire: nothing is followed.
pub(crate) async fn fetch(
    request: http::Request<http_body_util::Full<bytes::Bytes>>,
) -> http::Response<String> {
    use http_body_util::BodyExt as _;
    let client = hyper_util::client::legacy::Client::builder(hyper_util::rt::TokioExecutor::new())
        .build_http();
    let (head, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    http::Response::from_parts(head, String::from_utf8_lossy(&body).into_owned())
}
