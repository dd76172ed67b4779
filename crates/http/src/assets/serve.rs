use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{FILES, File, VERSION};

/// A file ready to be sent, compressed once.
struct Served {
    content_type: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
}

static SERVED: LazyLock<HashMap<&str, Served>> =
    LazyLock::new(|| FILES.iter().map(|file| (file.name, Served::from(file))).collect());

impl From<&File> for Served {
    fn from(file: &File) -> Self {
        let plain = file.parts.concat();
        let gzip = compress(&plain).filter(|packed| packed.len() * 10 < plain.len() * 9);
        Self { content_type: file.content_type, plain: plain.into(), gzip: gzip.map(Bytes::from) }
    }
}

fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

/// The routes of embedded files. They need no session and belong outside its
/// layer: a page of errors has to look right when the session store is down.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/static/{version}/{*name}", get(file)).route("/favicon.ico", get(favicon))
}

async fn favicon(headers: HeaderMap) -> Response {
    respond("mark.svg", false, &headers)
}

async fn file(Path((version, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    respond(&name, version == *VERSION, &headers)
}

/// An address of this build may be kept for good. One of another build gets
/// the present file, which it must ask for again.
fn respond(name: &str, current: bool, headers: &HeaderMap) -> Response {
    let Some(served) = SERVED.get(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let keep = if current { "public, max-age=31536000, immutable" } else { "no-cache" };
    let body = served.gzip.as_ref().filter(|_| takes_gzip(headers));
    let mut response = body.unwrap_or(&served.plain).clone().into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(served.content_type));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if body.is_some() {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|part| matches!(part, "q=0" | "q=0.0"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(encoding: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(encoding))])
    }

    #[test]
    fn styles_travel_compressed_to_those_who_take_it() {
        let packed = respond("app.css", true, &accepting("br, gzip;q=0.8"));
        let plain = respond("app.css", true, &accepting("gzip;q=0, identity"));

        assert_eq!(packed.headers()[CONTENT_ENCODING], "gzip");
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(plain.headers()[CONTENT_TYPE], "text/css; charset=utf-8");
    }

    #[test]
    fn only_addresses_of_this_build_are_kept_for_good() {
        let ours = respond("app.js", true, &HeaderMap::new());
        let others = respond("app.js", false, &HeaderMap::new());

        assert!(ours.headers()[CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(others.headers()[CACHE_CONTROL], "no-cache");
    }

    #[test]
    fn what_is_not_embedded_is_not_there() {
        let answer = respond("../Cargo.toml", true, &HeaderMap::new());

        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    }
}
