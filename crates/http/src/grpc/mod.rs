//! Readings by gRPC, on the port of the pages.
//!
//! Every method is a route with a row in the permission table, so tokens are
//! asked for by the same guard; the `faults` layer answers with a status of
//! gRPC. What is taken goes through the door of `POST /api/v1/readings`.

mod batch;
mod conversation;
mod health;
mod readings;
mod reflection;
mod status;
mod streams;
#[cfg(test)]
mod tests;

use crate::router::Routes;

pub(crate) use status::{is_grpc, status};
pub use streams::Streams;

/// The messages and services of `proto/greengrid/v1/readings.proto`.
pub mod proto {
    #![expect(
        clippy::pedantic,
        clippy::allow_attributes_without_reason,
        clippy::allow_attributes,
        reason = "generated"
    )]

    tonic::include_proto!("greengrid.v1");

    /// All of it as a compiled description, for reflection.
    pub const DESCRIPTION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/readings.bin"));
}

pub(crate) fn routes() -> Routes {
    Routes::default()
        .post("/greengrid.v1.Readings/SendReading", readings::serve)
        .post("/greengrid.v1.Readings/StreamReadings", readings::serve)
        .post("/grpc.health.v1.Health/Check", health::serve)
        .post("/grpc.health.v1.Health/Watch", health::serve)
        .post("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", reflection::serve)
        .post(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            reflection::serve_alpha,
        )
}
