//! Tells what alert rules noticed.

use std::time::Duration;

use greengrid_app::monitoring::alerts::Alerts;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it looks whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Tells what is due until cancelled. What is due is told once, however many
/// look: a lease merely keeps them from waiting for each other.
pub async fn run(alerts: Alerts, cancel: CancellationToken) {
    let work = async {
        loop {
            match alerts.tell_due().await {
                Ok(0) => {}
                Ok(count) => tracing::info!(count, "alerts told"),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "alerts could not be told"
                ),
            }
            sleep(LOOK_EVERY).await;
        }
    };
    cancel.run_until_cancelled(work).await;
}
