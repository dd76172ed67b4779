//! What Fronius Datamanagers send by themselves.

mod map;
mod payload;
#[cfg(test)]
mod tests;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use greengrid_app::ingestion::connections::{Connections, PushTarget};
use greengrid_app::ingestion::{Ingestion, RejectCode, Rejection, Source};

use super::answer::answer;
use super::decode::{Format, Media, Undecodable, decode};
use super::gate::Gate;
use super::readings::{read, room};
use crate::fault::Fault;

/// How a payload that could not be read is kept.
const CONTENT_TYPE: &str = "application/json";

/// Takes a push. The address holds a secret; who does not know it learns
/// nothing. When it answers, what came is durable, as readings or in
/// quarantine. A log of a whole day is sent again and again as it grows:
/// repeats count nothing twice.
pub(super) async fn receive(
    Path(secret): Path<String>,
    State(connections): State<Connections>,
    State(ingestion): State<Ingestion>,
    State(gate): State<Gate>,
    request: Request,
) -> Result<Response, Fault> {
    let target = connections.push_target(&secret).await?.ok_or(Fault::NotFound)?;
    let (parts, body) = request.into_parts();
    let media = Media { format: Format::Json, gzip: false };
    let room = room(&parts.headers, Some(media))?;
    let _pass = gate.enter(target.connection.id.into(), room).await?;
    let body = read(body).await?;

    let PushTarget { connection, site } = &target;
    let lines = map::lines(&body, &site.code, site.details.cadence_s);
    let refused = match lines {
        Ok(lines) if lines.is_empty() => {
            connections.pushed(connection, None).await?;
            return Ok(answer(greengrid_app::ingestion::Receipt::default()));
        }
        Ok(lines) => {
            let media = Media { format: Format::Ndjson, gzip: false };
            match decode(Source::Vendor, None, media, lines.into_bytes()) {
                Ok(submission) => {
                    let receipt = ingestion.submit(submission).await?;
                    connections.pushed(connection, None).await?;
                    return Ok(answer(receipt));
                }
                Err(Undecodable::TooLarge(message)) => return Err(Fault::TooLarge(message)),
                Err(Undecodable::Payload { rejection, .. }) => rejection.message,
            }
        }
        Err(message) => message,
    };
    let rejection = Rejection {
        row: None,
        span: 0..body.len(),
        field: None,
        code: RejectCode::Malformed,
        message: format!("push of {}: {refused}", site.code),
    };
    ingestion.quarantine_payload(Source::Vendor, None, CONTENT_TYPE, body, rejection).await?;
    connections.pushed(connection, Some(&refused)).await?;
    Err(Fault::BadRequest(refused))
}
