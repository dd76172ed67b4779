use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use greengrid_app::actor::Actor;
use greengrid_app::ingestion::Ingestion;
use greengrid_domain::identity::TokenId;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::Service as _;
use tonic::{Request, Response, Status, Streaming};
use tracing::Instrument as _;

use super::batch::Batch;
use super::conversation::{Conversation, MOST_ACKS};
use super::proto::readings_server::{Readings, ReadingsServer};
use super::proto::{Ack, Reading};
use super::streams::Streams;
use crate::api::Gate;
use crate::fault::Fault;
use crate::state::AppState;

/// Bytes of one message: many times a reading.
const MESSAGE: usize = 64 << 10;

/// Answers a call of the service, whichever it is.
pub(super) async fn serve(State(state): State<AppState>, request: HttpRequest) -> HttpResponse {
    let door = Door {
        ingestion: state.ingestion.clone(),
        gate: state.gate.clone(),
        streams: state.streams.clone(),
    };
    let mut service = ReadingsServer::new(door).max_decoding_message_size(MESSAGE);
    match service.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Where readings come in by gRPC.
pub(super) struct Door {
    ingestion: Ingestion,
    gate: Gate,
    streams: Streams,
}

/// The token that the guard has let in.
fn token<T>(request: &Request<T>) -> Result<TokenId, Status> {
    match request.extensions().get::<Actor>() {
        Some(Actor::Token { id, .. }) => Ok(*id),
        _ => Err(Fault::NoToken.into()),
    }
}

/// Makes a batch durable and says so.
async fn write(ingestion: Ingestion, token: TokenId, batch: Batch) -> Result<Ack, Status> {
    let (submission, sequences) = batch.submission(token)?;
    let receipt = ingestion.submit(submission).await.map_err(Fault::from)?;
    Ok(sequences.ack(receipt))
}

#[tonic::async_trait]
impl Readings for Door {
    async fn send_reading(&self, request: Request<Reading>) -> Result<Response<Ack>, Status> {
        let token = token(&request)?;
        let _pass = self.gate.enter(token.into(), 1).await.map_err(Fault::from)?;
        let mut batch = Batch::default();
        batch.push(request.get_ref())?;
        write(self.ingestion.clone(), token, batch).await.map(Response::new)
    }

    type StreamReadingsStream = ReceiverStream<Result<Ack, Status>>;

    async fn stream_readings(
        &self,
        request: Request<Streaming<Reading>>,
    ) -> Result<Response<Self::StreamReadingsStream>, Status> {
        let token = token(&request)?;
        let (acks, to_read) = mpsc::channel(MOST_ACKS);
        let ingestion = self.ingestion.clone();
        let write = move |batch: Batch| -> BoxFuture<'static, Result<Ack, Status>> {
            write(ingestion.clone(), token, batch).boxed()
        };
        let conversation = Conversation {
            readings: request.into_inner(),
            acks,
            write,
            seat: self.streams.join(token)?,
            began: self.streams.began(),
        };
        tokio::spawn(conversation.run().in_current_span());
        Ok(Response::new(ReceiverStream::new(to_read)))
    }
}
