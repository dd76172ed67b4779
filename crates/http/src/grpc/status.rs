use axum::http::{HeaderMap, StatusCode, header};
use tonic::{Code, Status};

use crate::fault::{Fault, Shown};

/// Whether whoever asks speaks gRPC.
pub(crate) fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"))
}

/// A failure as a status of gRPC. What is not there is a method that is not
/// there: sites and devices are never part of an address.
pub(crate) fn status(shown: &Shown) -> Status {
    let code = match shown.status {
        StatusCode::UNAUTHORIZED => Code::Unauthenticated,
        StatusCode::FORBIDDEN => Code::PermissionDenied,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Code::Unimplemented,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::PAYLOAD_TOO_LARGE => Code::ResourceExhausted,
        StatusCode::SERVICE_UNAVAILABLE => Code::Unavailable,
        status if status.is_client_error() => Code::InvalidArgument,
        _ => Code::Internal,
    };
    Status::new(code, shown.message.clone())
}

impl From<Fault> for Status {
    fn from(fault: Fault) -> Self {
        fault.log();
        status(&fault.shown())
    }
}
