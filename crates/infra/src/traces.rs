//! Traces for whoever collects them: requests with their steps and statements,
//! sent by OTLP over gRPC.
//!
//! They are made of the signals that the page of the system shows, and of no
//! more than is listed here: what a span carries beside that (addresses of
//! clients, paths, sessions) stays at home.

use std::time::{Duration, SystemTime};

use greengrid_domain::observability::signal::{DATABASE, REQUEST, STEP, statement_name};
use opentelemetry::trace::{Event, SpanContext, SpanKind, Status, TraceFlags, TracerProvider as _};
use opentelemetry::{KeyValue, Value};
use opentelemetry_otlp::{ExporterBuildError, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    IdGenerator as _, RandomIdGenerator, SdkTracerProvider, SpanData, SpanEvents, SpanExporter,
};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::registry::LookupSpan;

/// How long the end of the program waits for what was not sent yet.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why nothing can be sent to a collector.
#[derive(Debug, thiserror::Error)]
#[error("this is no address of a collector")]
pub struct TracesError(#[source] ExporterBuildError);

/// Sends traces to one collector, in the background and a few seconds at a
/// time. While the collector is away they are dropped, never gathered.
#[derive(Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send to the collector at an address such as
    /// `http://127.0.0.1:4317`. It is reached when there is something to send.
    pub fn begin(endpoint: &str) -> Result<Self, TracesError> {
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()
            .map_err(TracesError)?;
        let resource = Resource::builder()
            .with_service_name("greengrid")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_batch_exporter(Listed(exporter))
            .build();
        Ok(Self(provider))
    }

    /// What hands spans to it.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let wanted =
            FilterFn::new(|metadata| matches!(metadata.target(), REQUEST | STEP | DATABASE));
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("greengrid"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(true)
            .with_filter(wanted.with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what waits, and no more.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(PATIENCE));
        if let Ok(Err(error)) = ended.await {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Passes on what is listed of spans.
#[derive(Debug)]
struct Listed<E>(E);

impl<E: SpanExporter> SpanExporter for Listed<E> {
    fn export(&self, batch: Vec<SpanData>) -> impl Future<Output = OTelSdkResult> + Send {
        self.0.export(batch.into_iter().flat_map(listed).collect())
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// A span with what may be told of it, and its statements as spans of their own.
fn listed(mut span: SpanData) -> Vec<SpanData> {
    let attributes = std::mem::take(&mut span.attributes);
    let events = std::mem::take(&mut span.events).events;
    let statements: Vec<SpanData> =
        events.iter().filter_map(|event| statement(&span, event)).collect();
    if text(&attributes, "target") == REQUEST {
        request(&mut span, &attributes, &events);
    } else {
        span.name = text(&attributes, "name").into();
    }
    std::iter::once(span).chain(statements).collect()
}

/// A request: which route, and what it came to.
fn request(span: &mut SpanData, attributes: &[KeyValue], events: &[Event]) {
    span.span_kind = SpanKind::Server;
    span.attributes.push(KeyValue::new("request.id", text(attributes, "request.id")));
    let answered = events.iter().find(|event| text(&event.attributes, "target") == REQUEST);
    let Some(answered) = answered.map(|event| &event.attributes) else { return };
    let (method, route) = (text(answered, "http.method"), text(answered, "http.route"));
    let status = whole(answered, "http.status").unwrap_or_default();
    span.name = format!("{method} {route}").into();
    span.attributes.extend([
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.route", route),
        KeyValue::new("http.response.status_code", status),
    ]);
    if status >= 500 {
        span.status = Status::error("");
    }
}

/// A statement that was run in a span. Statements hold no values, only their
/// places.
fn statement(within: &SpanData, event: &Event) -> Option<SpanData> {
    let told = &event.attributes;
    if text(told, "target") != DATABASE {
        return None;
    }
    let whole_text = text(told, "db.statement");
    let sql = if whole_text.trim().is_empty() { text(told, "summary") } else { whole_text };
    let took = told
        .iter()
        .find(|pair| pair.key.as_str() == "elapsed_secs")
        .and_then(|pair| if let Value::F64(seconds) = pair.value { Some(seconds) } else { None })
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or_default();
    let context = &within.span_context;
    let rows = ["rows_returned", "rows_affected"].iter().filter_map(|name| whole(told, name)).max();
    Some(SpanData {
        span_context: SpanContext::new(
            context.trace_id(),
            RandomIdGenerator::default().new_span_id(),
            TraceFlags::SAMPLED,
            false,
            context.trace_state().clone(),
        ),
        parent_span_id: context.span_id(),
        parent_span_is_remote: false,
        span_kind: SpanKind::Client,
        name: statement_name(&sql).into(),
        start_time: event.timestamp.checked_sub(took).unwrap_or(SystemTime::UNIX_EPOCH),
        end_time: event.timestamp,
        attributes: vec![
            KeyValue::new("db.system.name", "postgresql"),
            KeyValue::new("db.query.text", sql.split_whitespace().collect::<Vec<_>>().join(" ")),
            KeyValue::new("db.response.returned_rows", rows.unwrap_or_default()),
        ],
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links: within.links.clone(),
        status: Status::Unset,
        instrumentation_scope: within.instrumentation_scope.clone(),
    })
}

/// What is told under a name; empty where it is not.
fn text(told: &[KeyValue], name: &str) -> String {
    let pair = told.iter().find(|pair| pair.key.as_str() == name);
    pair.map(|pair| pair.value.as_str().into_owned()).unwrap_or_default()
}

/// A whole number that is told under a name.
fn whole(told: &[KeyValue], name: &str) -> Option<i64> {
    let pair = told.iter().find(|pair| pair.key.as_str() == name)?;
    if let Value::I64(number) = pair.value {
        Some(number)
    } else {
        pair.value.as_str().parse().ok()
    }
}
