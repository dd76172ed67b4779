//! Sends letters.

use std::time::Duration;

use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_app::messages::Postman;
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long it waits to be told of new letters before it looks by itself: what
/// is tried again is told by nobody.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Pauses while the mail server or the store is away, twice as long each time.
const SHORTEST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Sends what is due until cancelled. Every instance runs one: a letter that
/// one has taken up is left alone by the others.
pub async fn run(
    postman: Postman,
    mut heard: broadcast::Receiver<Heard>,
    cancel: CancellationToken,
) {
    let mut pause = SHORTEST_PAUSE;
    let work = async {
        loop {
            match postman.deliver().await {
                Ok(round) if round.away => {
                    tracing::warn!(pause_s = pause.as_secs(), "the mail server takes nothing");
                }
                Ok(round) => {
                    pause = SHORTEST_PAUSE;
                    if round.taken == 0 {
                        let _ = timeout(LOOK_EVERY, written(&mut heard)).await;
                    }
                    continue;
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "letters could not be sent"
                ),
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    };
    cancel.run_until_cancelled(work).await;
}

/// Returns when there may be new letters.
async fn written(heard: &mut broadcast::Receiver<Heard>) {
    use broadcast::error::RecvError;
    loop {
        match heard.recv().await {
            Ok(Heard::Notice(Notice::Changed(Topic::Letters)) | Heard::Reconnected)
            | Err(RecvError::Lagged(_)) => return,
            Ok(Heard::Notice(_)) => {}
            // Nobody will tell any more: look by the clock.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
