//! What Fronius Datamanagers send by themselves.

mod failure;
mod map;
mod payload;
mod powerflow;
#[cfg(test)]
mod tests;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use greengrid_app::ingestion::connections::{Connections, PushTarget};
use greengrid_app::ingestion::{Ingestion, Receipt, RejectCode, Rejection, Source};

use super::answer::answer;
use super::decode::{Format, Media, Undecodable, decode};
use super::gate::Gate;
use super::readings::{read, room};
use crate::fault::Fault;
use failure::Failure;
use map::{Names, read_push};

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
    let names = match connections.inverters_in_cloud(connection).await? {
        None => Names::Own,
        Some(inverters) => match inverters.as_slice() {
            [only] => Names::Only(only.clone()),
            _ => Names::Unknown,
        },
    };
    let failure = match read_push(&body, &site.code, site.details.cadence_s, &names) {
        Ok(brought) => match take(brought.lines, &ingestion).await? {
            Ok(receipt) => {
                connections.pushed(connection, None).await?;
                let remarks = [brought.remarks, receipt.remarks()].concat();
                connections.remark(connection, &remarks).await?;
                return Ok(answer(receipt));
            }
            Err(message) => Failure::from(message),
        },
        Err(failure) => failure,
    };
    let refused = failure.words;
    let rejection = Rejection {
        row: None,
        span: 0..body.len(),
        field: None,
        code: RejectCode::Malformed,
        message: format!("push of {}: {refused}", site.code),
    };
    ingestion.quarantine_payload(Source::Vendor, None, CONTENT_TYPE, body, rejection).await?;
    connections.pushed(connection, Some((failure.cause, &refused))).await?;
    Err(Fault::BadRequest(refused))
}

/// Has lines of readings taken in, or says why they cannot be read.
async fn take(lines: String, ingestion: &Ingestion) -> Result<Result<Receipt, String>, Fault> {
    if lines.is_empty() {
        return Ok(Ok(Receipt::default()));
    }
    let media = Media { format: Format::Ndjson, gzip: false };
    match decode(Source::Vendor, None, media, lines.into_bytes()) {
        Ok(submission) => Ok(Ok(ingestion.submit(submission).await?)),
        Err(Undecodable::TooLarge(message)) => Err(Fault::TooLarge(message)),
        Err(Undecodable::Payload { rejection, .. }) => Ok(Err(rejection.message)),
    }
}
