use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use greengrid_app::actor::Actor;
use greengrid_app::ingestion::{Ingestion, RejectCode, Rejection, Source, Submission};
use greengrid_domain::identity::TokenId;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::answer::answer;
use super::decode::{MAX_UNPACKED, Media, Undecodable, decode};
use super::gate::{Gate, Refused};
use crate::fault::Fault;
use crate::middleware::BODY_LIMIT;

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);
/// Bodies above this are decoded on a thread of their own.
const SMALL: usize = 256 << 10;

/// Takes a batch of readings. When it answers, what was taken is durable, and
/// so is what was not, in quarantine.
pub(super) async fn receive(
    Extension(actor): Extension<Actor>,
    State(ingestion): State<Ingestion>,
    State(gate): State<Gate>,
    request: Request,
) -> Result<Response, Fault> {
    let Actor::Token { id: token, .. } = actor else { return Err(Fault::NoToken) };
    let (parts, body) = request.into_parts();
    let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    let media = Media::of(content_type, text(header::CONTENT_ENCODING));
    let _pass = gate.enter(token.into(), room(&parts.headers, media)?).await?;

    let body = read(body).await?;
    let Some(media) = media else {
        return Err(unknown_media(&ingestion, token, content_type, body).await);
    };
    let submission = match decoded(token, media, body).await? {
        Ok(submission) => submission,
        Err(undecodable) => return Err(keep(&ingestion, token, undecodable).await),
    };
    Ok(answer(ingestion.submit(submission).await?))
}

/// Mebibytes that a request may take up, by what its headers say.
pub(super) fn room(headers: &HeaderMap, media: Option<Media>) -> Result<u32, Fault> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(BODY_LIMIT);
    if length > BODY_LIMIT {
        return Err(too_large());
    }
    let unpacked = match media {
        Some(Media { gzip: true, .. }) => length.saturating_mul(16).min(MAX_UNPACKED),
        _ => length,
    };
    Ok(u32::try_from(unpacked >> 20).unwrap_or(u32::MAX).saturating_add(1))
}

pub(super) async fn read(body: Body) -> Result<Vec<u8>, Fault> {
    let whole = tokio::time::timeout(ARRIVAL, Limited::new(body, BODY_LIMIT).collect()).await;
    match whole {
        Ok(Ok(body)) => Ok(body.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Fault::BadRequest("the body broke off".to_owned())),
        Err(_) => Err(Fault::BadRequest("the body took too long to arrive".to_owned())),
    }
}

async fn decoded(
    token: TokenId,
    media: Media,
    body: Vec<u8>,
) -> Result<Result<Submission, Undecodable>, Fault> {
    if body.len() <= SMALL && !media.gzip {
        return Ok(decode(Source::Api, Some(token), media, body));
    }
    let work = move || decode(Source::Api, Some(token), media, body);
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::Internal(error.into()))
}

/// Keeps a payload of which nothing could be read, and says what to answer.
async fn keep(ingestion: &Ingestion, token: TokenId, undecodable: Undecodable) -> Fault {
    let (rejection, content_type, payload) = match undecodable {
        Undecodable::TooLarge(message) => return Fault::TooLarge(message),
        Undecodable::Payload { rejection, content_type, payload } => {
            (rejection, content_type, payload)
        }
    };
    let message = rejection.message.clone();
    let fault = match rejection.code {
        RejectCode::MissingField => Fault::Unprocessable(message),
        _ => Fault::BadRequest(message),
    };
    let kept =
        ingestion.quarantine_payload(Source::Api, Some(token), content_type, payload, rejection);
    kept.await.map_or_else(Fault::from, |()| fault)
}

/// Keeps a payload of a kind that is not understood, so that it can be tried
/// again as what it turns out to be.
async fn unknown_media(
    ingestion: &Ingestion,
    token: TokenId,
    content_type: &str,
    body: Vec<u8>,
) -> Fault {
    let message = "send application/json, application/x-ndjson or text/csv, \
                   plain or with Content-Encoding: gzip"
        .to_owned();
    let rejection = Rejection {
        row: None,
        span: 0..body.len(),
        field: None,
        code: RejectCode::Malformed,
        message: "the content type is not one of readings".to_owned(),
    };
    let content_type: String = content_type.chars().take(100).collect();
    let kept =
        ingestion.quarantine_payload(Source::Api, Some(token), &content_type, body, rejection);
    kept.await.map_or_else(Fault::from, |()| Fault::UnsupportedMedia(message))
}

fn too_large() -> Fault {
    Fault::TooLarge(format!("a body may have at most {} MiB; send several", BODY_LIMIT >> 20))
}

impl From<Refused> for Fault {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::TooMany => Self::TooMany { retry_after: Duration::from_secs(1) },
            Refused::NoRoom => Self::Busy("too many payloads at once".into()),
        }
    }
}
