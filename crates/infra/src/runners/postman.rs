//! Sends letters.

use std::time::Duration;

use greengrid_app::live::{Heard, Notice, Topic};
use greengrid_app::messages::Postman;
use tokio::sync::broadcast;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long it waits to be told of new letters before it looks by itself: what
/// is tried again is told by nobody.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(5);

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
                        heard_within(LOOK_EVERY, &mut heard, Topic::Letters).await;
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

/// Returns when a topic may have changed, and after a while in any case.
pub(super) async fn heard_within(
    while_: Duration,
    heard: &mut broadcast::Receiver<Heard>,
    topic: Topic,
) {
    let _ = timeout(while_, changed(heard, topic)).await;
}

async fn changed(heard: &mut broadcast::Receiver<Heard>, topic: Topic) {
    use broadcast::error::RecvError;
    loop {
        match heard.recv().await {
            Ok(Heard::Notice(Notice::Changed(changed))) if changed == topic => return,
            Ok(Heard::Reconnected) | Err(RecvError::Lagged(_)) => return,
            Ok(Heard::Notice(_)) => {}
            // Nobody will tell any more: look by the clock.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
