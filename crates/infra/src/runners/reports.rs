//! Writes morning reports.

use std::time::Duration;

use greengrid_app::monitoring::reports::Reports;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it looks whether one is due.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Writes what is due until cancelled.
pub async fn run(reports: Reports, cancel: CancellationToken) {
    let work = async {
        loop {
            match reports.write_due().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "morning reports written"),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "morning reports could not be written"
                ),
            }
            sleep(LOOK_EVERY).await;
        }
    };
    cancel.run_until_cancelled(work).await;
}
