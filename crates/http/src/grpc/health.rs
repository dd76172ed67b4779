use std::time::Duration;

use axum::extract::{Request as HttpRequest, State};
use axum::response::{IntoResponse as _, Response as HttpResponse};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use tokio::time::sleep;
use tonic::codegen::Service as _;
use tonic::server::NamedService as _;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::proto::readings_server::ReadingsServer;
use super::readings::Door;
use super::streams::Streams;
use crate::observability::is_ready;
use crate::state::AppState;

/// How often a watcher's answer is looked at anew.
const LOOK: Duration = Duration::from_secs(5);

/// Answers a call of the service, whichever it is.
pub(super) async fn serve(State(state): State<AppState>, request: HttpRequest) -> HttpResponse {
    let mut service = HealthServer::new(Readiness(state));
    match service.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Health as `/readyz` knows it: an instance that cannot reach its database is
/// up and serves nothing.
struct Readiness(AppState);

/// Whether there is such a service here; none stands for all.
fn is_ours(service: &str) -> bool {
    service.is_empty() || service == ReadingsServer::<Door>::NAME
}

async fn asked(state: &AppState) -> ServingStatus {
    let stopping = state.streams.is_stopping();
    if !stopping && is_ready(state).await {
        ServingStatus::Serving
    } else {
        ServingStatus::NotServing
    }
}

fn answer(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

#[tonic::async_trait]
impl Health for Readiness {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !is_ours(&request.get_ref().service) {
            return Err(Status::not_found("there is no such service"));
        }
        Ok(Response::new(answer(asked(&self.0).await)))
    }

    type WatchStream = BoxStream<'static, Result<HealthCheckResponse, Status>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let known = is_ours(&request.get_ref().service);
        let watch = Watch { state: self.0.clone(), known, told: None };
        let streams = self.0.streams.clone();
        let changes = stream::unfold(watch, Watch::next).take_until(stopped(streams));
        Ok(Response::new(changes.boxed()))
    }
}

async fn stopped(streams: Streams) {
    streams.stopped().await;
}

/// Somebody who wants to hear of every change.
struct Watch {
    state: AppState,
    known: bool,
    told: Option<ServingStatus>,
}

impl Watch {
    async fn next(mut self) -> Option<(Result<HealthCheckResponse, Status>, Self)> {
        loop {
            let status =
                if self.known { asked(&self.state).await } else { ServingStatus::ServiceUnknown };
            if self.told != Some(status) {
                self.told = Some(status);
                return Some((Ok(answer(status)), self));
            }
            sleep(LOOK).await;
        }
    }
}
