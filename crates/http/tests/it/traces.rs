//! Traces as a collector gets them.

use axum::Router;
use greengrid_domain::identity::Role;
use greengrid_http::bootstrap::Traces;
use greengrid_http::server::{self, Limits};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use tracing_subscriber::prelude::*;

use crate::support::App;

/// A collector that keeps what it gets.
struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.0.send(request.into_inner()).map_err(|_| Status::unavailable("nobody listens"))?;
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

/// Its address, and what it gets.
async fn collector() -> (String, mpsc::UnboundedReceiver<ExportTraceServiceRequest>) {
    let (sender, got) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route_service(
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        TraceServiceServer::new(Collector(sender)),
    );
    tokio::spawn(server::serve(listener, router, Limits::default(), CancellationToken::new()));
    (address, got)
}

fn attribute(span: &Span, name: &str) -> String {
    let pair = span.attributes.iter().find(|pair| pair.key == name);
    pair.and_then(|pair| pair.value.as_ref()).map_or(String::new(), |value| format!("{value:?}"))
}

#[tokio::test]
async fn a_collector_gets_requests_with_their_steps_and_statements_and_nothing_personal() {
    let (address, mut got) = collector().await;
    let traces = Traces::begin(&address).unwrap();
    // Of this thread alone, which runs the whole test.
    let subscriber = tracing_subscriber::registry().with(traces.layer());
    let in_use = tracing::subscriber::set_default(subscriber);
    let app = App::start().await;
    let mut ops = app.signed_in(Role::Ops).await;

    let said = ops.post("/chat/lobby", &[("text", "my secret words")]).await;

    assert_eq!(said.status, 303);
    drop(in_use);
    traces.end().await;
    got.close();
    let mut requests = Vec::new();
    while let Some(request) = got.recv().await {
        requests.push(request);
    }
    let everything = format!("{requests:?}");
    for private in ["my secret words", "@example.org", "203.0.113", "127.0.0.1", "http.path"] {
        assert!(!everything.contains(private), "{private}: {everything}");
    }
    assert!(everything.contains("service.name") && everything.contains("greengrid"));
    let spans: Vec<Span> = requests
        .into_iter()
        .flat_map(|request| request.resource_spans)
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect();
    let names: Vec<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    let span_of = |name: &str| {
        spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {names:?}"))
    };
    let post = span_of("POST /chat/{room}");
    assert_eq!(post.kind(), SpanKind::Server);
    assert!(post.parent_span_id.is_empty());
    assert!(attribute(post, "http.response.status_code").contains("303"));
    assert!(attribute(post, "http.route").contains("/chat/{room}"));
    let row = span_of("row: place, post, audit entry, notice");
    assert_eq!((&row.trace_id, &row.parent_span_id), (&post.trace_id, &post.span_id));
    let insert = span_of("insert chat_post");
    assert_eq!((&insert.trace_id, &insert.parent_span_id), (&post.trace_id, &row.span_id));
    assert_eq!(insert.kind(), SpanKind::Client);
    assert!(attribute(insert, "db.query.text").contains("insert into chat_post"));
    assert!(insert.start_time_unix_nano <= insert.end_time_unix_nano);
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_an_absent_collector_holds_nobody_up() {
    assert!(Traces::begin("not an address").is_err());
    let absent = Traces::begin("http://127.0.0.1:9").unwrap();
    let subscriber = tracing_subscriber::registry().with(absent.layer());
    let in_use = tracing::subscriber::set_default(subscriber);
    let app = App::start().await;

    assert_eq!(app.browser().get("/sign-in").await.status, 200);

    drop(in_use);
    absent.end().await;
}
