//! Polls vendors for readings.

use std::time::{Duration, Instant};

use greengrid_app::ingestion::connections::Poller;
use greengrid_domain::observability::signal;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it looks what is due.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How long it waits after a failure of the store.
const PAUSE: Duration = Duration::from_secs(10);

/// Polls what is due until cancelled. A turn that is cut off loses nothing: a
/// checkpoint moves only when the readings before it are durable.
pub async fn run(poller: Poller, cancel: CancellationToken) {
    let work = async {
        loop {
            let begun = Instant::now();
            match poller.poll_due().await {
                Ok(0) => sleep(LOOK_EVERY).await,
                Ok(count) => {
                    let took_us = signal::micros(begun.elapsed());
                    metrics::histogram!("greengrid_work_duration_seconds", "work" => "polling")
                        .record(begun.elapsed().as_secs_f64());
                    tracing::debug!(target: signal::WORK, work = "polling", took_us, connections = count);
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "connections could not be polled"
                    );
                    sleep(PAUSE).await;
                }
            }
        }
    };
    cancel.run_until_cancelled(work).await;
}
