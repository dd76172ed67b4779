use std::io::Write;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Method, Request, header};
use flate2::Compression;
use flate2::write::GzEncoder;
use greengrid_app::fleet::NewSite;
use greengrid_domain::fleet::{Array, Brand, Location, SiteDetails};
use greengrid_domain::identity::Scope;
use greengrid_domain::observability::Initiator;
use greengrid_domain::time::SiteZone;
use greengrid_domain::units::PeakPower;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::{Answer, App, Browser};

/// A program that sends readings with a token, or with none.
pub(crate) struct Program {
    router: Router,
    secret: Option<String>,
}

/// What a program sends.
pub(crate) struct Sent {
    content_type: &'static str,
    encoding: Option<&'static str>,
    body: Body,
}

impl Sent {
    pub(crate) fn new(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { content_type, encoding: None, body: Body::from(body.into()) }
    }

    pub(crate) fn json(body: impl Into<Bytes>) -> Self {
        Self::new("application/json", body)
    }

    pub(crate) fn ndjson(body: impl Into<Bytes>) -> Self {
        Self::new("application/x-ndjson", body)
    }

    pub(crate) fn csv(body: impl Into<Bytes>) -> Self {
        Self::new("text/csv", body)
    }

    /// The same as if its encoding were this.
    pub(crate) fn encoded(self, encoding: &'static str) -> Self {
        Self { encoding: Some(encoding), ..self }
    }

    /// A body that does not tell its length beforehand.
    pub(crate) fn streamed(content_type: &'static str, chunk: Bytes, times: usize) -> Self {
        let chunks = (0..times).map(move |_| Ok::<_, std::io::Error>(chunk.clone()));
        let body = Body::from_stream(futures::stream::iter(chunks));
        Self { content_type, encoding: None, body }
    }
}

/// Packs with gzip.
pub(crate) fn packed(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Program {
    /// The same with this secret instead of its own.
    pub(crate) fn with(&self, secret: Option<&str>) -> Self {
        Self { router: self.router.clone(), secret: secret.map(str::to_owned) }
    }

    /// Sends readings.
    pub(crate) async fn send(&self, sent: Sent) -> Answer {
        let mut request = Request::post("/api/v1/readings").header(header::HOST, "green.example");
        if !sent.content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, sent.content_type);
        }
        if let Some(encoding) = sent.encoding {
            request = request.header(header::CONTENT_ENCODING, encoding);
        }
        if let Some(secret) = &self.secret {
            request = request.header(header::AUTHORIZATION, format!("Bearer {secret}"));
        }
        let request = request.body(sent.body).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        Answer { status: head.status, headers: head.headers, text }
    }
}

impl App {
    /// A program with a new token.
    pub(crate) async fn program(&self, scope: Scope) -> Program {
        let secret = self.token(&[scope]).await;
        Program { router: self.router.clone(), secret: Some(secret) }
    }

    /// New sites of 10 kWp in Berlin.
    pub(crate) async fn sites<const N: usize>(&self, codes: [&str; N]) {
        let sites = codes.map(|code| NewSite {
            code: code.parse().unwrap(),
            details: SiteDetails::builder()
                .name(code.parse().unwrap())
                .location(Location::new(52.5, 13.4).unwrap())
                .zone("Europe/Berlin".parse::<SiteZone>().unwrap())
                .array(Array {
                    capacity: PeakPower::from_kwp(10.0).unwrap(),
                    tilt_deg: None,
                    azimuth_deg: None,
                    ac_limit: None,
                    export_limit: None,
                })
                .region("east".parse().unwrap())
                .brand(Brand::Other)
                .build(),
            devices: Vec::new(),
        });
        self.directory.store().save(Initiator::System, &sites).await.unwrap();
        self.directory.reload().await.unwrap();
    }
}

impl Browser {
    /// Sends a form with files: name of the field, name of the file, content.
    pub(crate) async fn upload(&mut self, path: &str, files: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (field, name, content) in files {
            let head = format!(
                "--boundary\r\nContent-Disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
            );
            body.extend([head.as_bytes(), *content, b"\r\n"].concat());
        }
        body.extend(b"--boundary--\r\n");
        let mut form =
            self.clone().saying("content-type", "multipart/form-data; boundary=boundary");
        form.send(Method::POST, path, body.into()).await
    }
}
