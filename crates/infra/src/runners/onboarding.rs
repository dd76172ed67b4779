//! Carries cases on: tests in the morning, first data, limits, the report.

use std::time::Duration;

use greengrid_app::onboarding::Onboarding;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it looks what is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How long it waits after a failure.
const PAUSE: Duration = Duration::from_secs(15);

/// Does what is due until cancelled. A round that is cut off is done again.
pub async fn run(onboarding: Onboarding, cancel: CancellationToken) {
    let work = async {
        let mut reported = None;
        loop {
            let done = async {
                onboarding.round().await?;
                reported = onboarding.report_stuck(reported).await?;
                Ok::<_, greengrid_app::onboarding::OnboardingError>(())
            };
            match done.await {
                Ok(()) => sleep(LOOK_EVERY).await,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "cases could not be carried on"
                    );
                    sleep(PAUSE).await;
                }
            }
        }
    };
    cancel.run_until_cancelled(work).await;
}
