//! Figures for Prometheus.

use std::sync::OnceLock;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use greengrid_app::actor::Actor;
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::fault::Fault;
use crate::state::AppState;

/// Bounds of the buckets of durations, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// One recorder for the whole program.
static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// Begins to count; does nothing the second time.
pub(crate) fn begin() -> Result<&'static PrometheusHandle, &'static str> {
    let recorder = RECORDER.get_or_init(|| {
        PrometheusBuilder::new()
            .set_buckets(SECONDS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(|error| error.to_string())
    });
    recorder.as_ref().map_err(String::as_str)
}

/// Counts an answered request. Routes are patterns, so there are as many as the
/// permission table has rows; where there is none anybody may invent methods,
/// which are not told apart.
pub(crate) fn answered(method: &str, route: Option<&str>, status: u16, took: Duration) {
    let (method, route) = match route {
        Some(route) => (method.to_owned(), route.to_owned()),
        None => ("any".to_owned(), "none".to_owned()),
    };
    counter!("greengrid_http_requests_total",
        "method" => method, "route" => route.clone(), "status" => status.to_string())
    .increment(1);
    histogram!("greengrid_http_request_duration_seconds", "route" => route)
        .record(took.as_secs_f64());
}

/// All figures, in the text form of Prometheus.
pub(super) async fn show(State(state): State<AppState>) -> Result<Response, Fault> {
    let recorder = begin().map_err(|error| Fault::Internal(error.into()))?;
    read(&state).await?;
    recorder.run_upkeep();
    let text = recorder.render();
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// What is not counted as it happens is asked for.
async fn read(state: &AppState) -> Result<(), Fault> {
    let streams = state.live.count();
    gauge!("greengrid_live_sessions").set(to_f64(streams.sessions));
    gauge!("greengrid_live_tabs").set(to_f64(streams.tabs));
    gauge!("greengrid_live_views").set(to_f64(streams.channels));
    gauge!("greengrid_logger_streams").set(to_f64(state.streams.count()));
    for pool in state.vitals.pools() {
        let idle = pool.idle.min(pool.open);
        for (part, connections) in [("idle", idle), ("busy", pool.open - idle), ("most", pool.most)]
        {
            gauge!("greengrid_pool_connections", "pool" => pool.name, "state" => part)
                .set(connections);
        }
    }
    let tally = state.ingestion.tally();
    for (outcome, readings) in [
        ("accepted", tally.accepted),
        ("duplicate", tally.duplicates),
        ("correction", tally.corrections),
        ("quarantined", tally.quarantined),
    ] {
        counter!("greengrid_readings_total", "outcome" => outcome).absolute(readings);
    }
    let health = state.vitals.database().await?;
    gauge!("greengrid_projector_lag_seconds").set(health.projector_lag.as_secs_f64());
    for queue in state.vitals.queues().await? {
        let waiting = u32::try_from(queue.waiting).unwrap_or(u32::MAX);
        gauge!("greengrid_queue_waiting", "queue" => queue.name).set(waiting);
    }
    vendors(state).await?;
    process();
    Ok(())
}

/// What each key has spent of what it may.
async fn vendors(state: &AppState) -> Result<(), Fault> {
    let (_, credentials, usage) = state.connections.list(&Actor::System).await?;
    for credential in credentials {
        let spent: u64 = usage
            .iter()
            .filter(|usage| usage.credential == credential.id)
            .map(|usage| usage.requests)
            .sum();
        let labels = [
            ("vendor", <&str>::from(credential.brand).to_owned()),
            ("credential", credential.name.clone()),
        ];
        gauge!("greengrid_vendor_calls_this_month", &labels)
            .set(u32::try_from(spent).unwrap_or(u32::MAX));
        if let Some(most) = credential.quota.per_month {
            gauge!("greengrid_vendor_calls_allowed", &labels).set(most);
        }
    }
    Ok(())
}

/// The process itself, under the names that Prometheus' own clients use; where
/// there is no `/proc`, nothing.
fn process() {
    /// Clock ticks of a second in `/proc/self/stat`; fixed by the kernel's
    /// interface to user space.
    const TICKS: f64 = 100.0;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    if let Some(kilobytes) = memory {
        gauge!("process_resident_memory_bytes").set(kilobytes * 1024.0);
    }
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold anything.
    let fields: Vec<&str> =
        stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    if let (Some(user), Some(system)) = (ticks(11), ticks(12)) {
        gauge!("process_cpu_seconds_total").set((user + system) / TICKS);
    }
    if let Ok(files) = std::fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(to_f64(files.count()));
    }
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
