use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// A browser: it keeps cookies and says where its requests come from.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    /// By name; public so that a test can steal them.
    pub(crate) cookies: BTreeMap<String, String>,
    peer: SocketAddr,
    headers: HeaderMap,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// A header as text; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The `Set-Cookie` line for a cookie of this name.
    pub(crate) fn set_cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines
            .map(|line| line.to_str().unwrap())
            .find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('=')))
    }
}

impl Browser {
    pub(crate) fn new(router: Router) -> Self {
        let peer = SocketAddr::from(([198, 51, 100, 1], 50_000));
        let headers = HeaderMap::from_iter([(
            header::HeaderName::from_static("sec-fetch-site"),
            header::HeaderValue::from_static("same-origin"),
        )]);
        Self { router, cookies: BTreeMap::new(), peer, headers }
    }

    /// The same browser on another machine.
    pub(crate) fn at(mut self, peer: [u8; 4]) -> Self {
        self.peer = SocketAddr::from((peer, 50_000));
        self
    }

    /// The same browser with a header on every request; an empty one is left
    /// out.
    pub(crate) fn saying(mut self, name: &'static str, value: &str) -> Self {
        if value.is_empty() {
            self.headers.remove(name);
        } else {
            self.headers.insert(name, value.parse().unwrap());
        }
        self
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Bytes::new()).await
    }

    /// Sends a form.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.extend_pairs(fields).finish();
        self.send(Method::POST, path, form.into()).await
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    /// Status and headers alone: the body of a stream has no end.
    pub(crate) async fn head_of(&mut self, method: Method, path: &str) -> (StatusCode, HeaderMap) {
        let response = self.answer(method, path, Bytes::new()).await;
        (response.status(), response.headers().clone())
    }

    /// The answer to a question, its body still to come.
    pub(crate) async fn response(&mut self, path: &str) -> axum::response::Response {
        self.answer(Method::GET, path, Bytes::new()).await
    }

    /// The body of an answer as it came.
    pub(crate) async fn bytes(&mut self, path: &str) -> Bytes {
        self.response(path).await.into_body().collect().await.unwrap().to_bytes()
    }

    /// The body of a stream, as it comes.
    pub(crate) async fn stream(&mut self, path: &str) -> Body {
        let response = self.answer(Method::GET, path, Bytes::new()).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.into_body()
    }

    /// Its cookies as it would send them.
    pub(crate) fn cookie_line(&self) -> String {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    pub(super) async fn send(&mut self, method: Method, path: &str, body: Bytes) -> Answer {
        let response = self.answer(method, path, body).await;
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: head.status, headers: head.headers, text }
    }

    async fn answer(
        &mut self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> axum::response::Response {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "green.example")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .extension(ConnectInfo(self.peer))
            .body(Body::from(body))
            .unwrap();
        request.headers_mut().extend(self.headers.clone());
        if !self.cookies.is_empty() {
            request.headers_mut().insert(header::COOKIE, self.cookie_line().parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        response
    }
}
