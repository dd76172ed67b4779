//! Posts messages to webhooks.

use std::time::Duration;

use greengrid_app::live::{Heard, Topic};
use greengrid_app::messages::webhooks::Courier;
use tokio::sync::broadcast;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::postman::{LOOK_EVERY, heard_within};

/// The pause while the store is away.
const PAUSE: Duration = Duration::from_secs(5);

/// Posts what is due until cancelled. Every instance runs one: a message that
/// one has taken up is left alone by the others.
pub async fn run(
    courier: Courier,
    mut heard: broadcast::Receiver<Heard>,
    cancel: CancellationToken,
) {
    let work = async {
        loop {
            match courier.deliver().await {
                Ok(0) => heard_within(LOOK_EVERY, &mut heard, Topic::Webhooks).await,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "webhooks could not be told"
                    );
                    sleep(PAUSE).await;
                }
            }
        }
    };
    cancel.run_until_cancelled(work).await;
}
