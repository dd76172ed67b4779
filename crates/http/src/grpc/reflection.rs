use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use tonic::codegen::Service as _;
use tonic_health::pb::FILE_DESCRIPTOR_SET as HEALTH;
use tonic_reflection::server::Builder;

use super::proto::DESCRIPTION;
use crate::fault::Fault;

/// Tells what services there are, so that tools need no `.proto` file.
pub(super) async fn serve(request: Request) -> Result<Response, Fault> {
    let mut service = builder().build_v1().map_err(broken)?;
    match service.call(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(never) => match never {},
    }
}

/// The same for tools that know only the interface as it was before.
pub(super) async fn serve_alpha(request: Request) -> Result<Response, Fault> {
    let mut service = builder().build_v1alpha().map_err(broken)?;
    match service.call(request).await {
        Ok(response) => Ok(response.into_response()),
        Err(never) => match never {},
    }
}

fn builder() -> Builder<'static> {
    Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTION)
        .register_encoded_file_descriptor_set(HEALTH)
}

fn broken(error: tonic_reflection::server::Error) -> Fault {
    Fault::Internal(error.into())
}
