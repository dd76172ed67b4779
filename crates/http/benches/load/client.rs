//! A plain client for pages and interfaces.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::Error;

/// Asks one server, with as many connections as it needs.
#[derive(Clone)]
pub(crate) struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    address: String,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        let pool = Pool::builder(TokioExecutor::new()).build_http();
        Self { pool, address: address.to_owned() }
    }

    /// The page at a path, with its whole body as it came over the wire.
    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Result<Response<Bytes>, Error> {
        let request = Request::get(format!("http://{}{path}", self.address))
            .header("cookie", cookie)
            .header("accept-encoding", "gzip, br, zstd")
            .body(Full::default())?;
        self.send(request).await
    }

    /// Sends a form as nobody.
    pub(crate) async fn post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Response<Bytes>, Error> {
        self.post_as(path, fields, "").await
    }

    /// Sends a form with a cookie.
    pub(crate) async fn post_as(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        cookie: &str,
    ) -> Result<Response<Bytes>, Error> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::post(format!("http://{}{path}", self.address))
            .header("origin", format!("http://{}", self.address))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", cookie)
            .body(Full::from(form))?;
        self.send(request).await
    }

    /// Sends readings as JSON with a token.
    pub(crate) async fn post_readings(
        &self,
        token: &str,
        readings: String,
    ) -> Result<Response<Bytes>, Error> {
        let request = Request::post(format!("http://{}/api/v1/readings", self.address))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Full::from(readings))?;
        self.send(request).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Error> {
        let (head, body) = self.pool.request(request).await?.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }
}
